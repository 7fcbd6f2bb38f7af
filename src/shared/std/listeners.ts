/** Who wants to hear of something. Adding and leaving are fine while it is being told. */

export class Listeners<T = void> {
  readonly #all = new Set<(value: T) => void>()

  /** The result ends it. */
  readonly add = (listener: (value: T) => void): (() => void) => {
    this.#all.add(listener)
    return () => this.#all.delete(listener)
  }

  tell(value: T): void {
    for (const listener of [...this.#all]) listener(value)
  }
}
