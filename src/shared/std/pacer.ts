/** Spaces out a repeated effect: the first at once, then at most one per interval, and none forgotten. */

import type { Clock } from './clock.ts'

export class Pacer {
  readonly #clock: Clock
  readonly #emit: () => void
  readonly #intervalMs: () => number
  #lastAt = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined

  /** `intervalMs` is asked each time, so it may grow with what there is to send. */
  constructor(options: { clock: Clock; emit(): void; intervalMs(): number }) {
    this.#clock = options.clock
    this.#emit = options.emit
    this.#intervalMs = options.intervalMs
  }

  /** There is something to send. */
  poke(): void {
    if (this.#cancel) return
    const waitMs = this.#lastAt + this.#intervalMs() - this.#clock.monotonic()
    if (waitMs <= 0) this.#fire()
    else this.#cancel = this.#clock.after(waitMs, () => this.#fire(), { unref: true })
  }

  /** Sends what waits now, if anything does. */
  flush(): void {
    if (this.#cancel) this.#fire()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #fire(): void {
    this.stop()
    this.#lastAt = this.#clock.monotonic()
    this.#emit()
  }
}
