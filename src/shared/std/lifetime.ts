/** A disposable stack: what was acquired is released in reverse order, also on Node 22, which lacks `AsyncDisposableStack`. */

type Release = () => void | Promise<void>
type Owned = Partial<AsyncDisposable & Disposable>

/** Owns resources; disposing it disposes them in reverse order, every one of them even when some throw. */
export class Lifetime implements AsyncDisposable {
  #releases: Release[] = []

  /** Owns `resource` from now on and returns it. */
  use<T extends Owned | null | undefined>(resource: T): T {
    if (resource) {
      this.defer(async () => {
        if (resource[Symbol.asyncDispose]) await resource[Symbol.asyncDispose]?.()
        else resource[Symbol.dispose]?.()
      })
    }
    return resource
  }

  /** Runs `release` when this lifetime ends. */
  defer(release: Release): void {
    this.#releases.push(release)
  }

  /** Hands everything owned to the caller: this lifetime then ends without effect. */
  move(): () => Promise<void> {
    const moved = new Lifetime()
    moved.#releases = this.#releases
    this.#releases = []
    return () => moved[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = []
    for (let release = this.#releases.pop(); release; release = this.#releases.pop()) {
      try {
        await release()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length === 1) throw errors[0]
    if (errors.length > 1) throw new AggregateError(errors, 'Several resources failed to close')
  }
}
