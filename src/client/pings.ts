/** Which pings are on their way, so that an answer is known as the answer to one of them, and never to one sent before a sleep. */

export class Pings {
  #count = 0
  readonly #sentAt = new Map<string, number>()

  /** The mark of a ping sent now; its answer carries it too. `at` is monotonic milliseconds. */
  next(at: number): string {
    const mark = String(++this.#count)
    this.#sentAt.set(mark, at)
    return mark
  }

  /** How long it took, milliseconds; undefined when this answers none of them. Those sent before it are over too. */
  answered(mark: string | undefined, at: number): number | undefined {
    const sentAt = mark === undefined ? undefined : this.#sentAt.get(mark)
    if (sentAt === undefined) return undefined
    for (const [other, earlier] of this.#sentAt) if (earlier <= sentAt) this.#sentAt.delete(other)
    return at - sentAt
  }

  /** What answers an earlier ping says nothing any more: the machine slept, or the connection is another one. */
  forget(): void {
    this.#sentAt.clear()
  }
}
