/** Those who wait for one call: it ends when the last of them has left, and never while one stays. */

export class Callers implements Disposable {
  readonly #ending = new AbortController()
  readonly #settled = new AbortController()
  #count = 0

  /** Ends when nobody waits any more. */
  get signal(): AbortSignal {
    return this.#ending.signal
  }

  /** Who has no signal stays to the end. */
  join(signal: AbortSignal | undefined): void {
    this.#count++
    if (signal?.aborted) this.#leave()
    else signal?.addEventListener('abort', () => this.#leave(), { once: true, signal: this.#settled.signal })
  }

  /** The call has its outcome: who leaves from now on changes nothing. */
  [Symbol.dispose](): void {
    this.#settled.abort()
  }

  #leave(): void {
    this.#count--
    if (this.#count === 0) this.#ending.abort()
  }
}
