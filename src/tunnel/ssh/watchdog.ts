/** Ends a wait for the far end that lasts too long; while a person is asked, it sleeps. */

import type { Clock } from '../../shared/std/clock.ts'

export class Watchdog implements Disposable {
  readonly #clock: Clock
  readonly #limitMs: number
  readonly #onSilence: () => void
  #cancel = () => {}

  /** `onSilence` runs at most once per `wait`. */
  constructor(clock: Clock, limitMs: number, onSilence: () => void) {
    this.#clock = clock
    this.#limitMs = limitMs
    this.#onSilence = onSilence
  }

  /** The far end is to answer from now on. */
  wait(): void {
    this.rest()
    this.#cancel = this.#clock.after(this.#limitMs, () => this.#onSilence())
  }

  /** Nothing is expected from the far end. */
  rest(): void {
    this.#cancel()
    this.#cancel = () => {}
  }

  [Symbol.dispose](): void {
    this.rest()
  }
}
