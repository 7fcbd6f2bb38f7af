/** Live output on its way to the gateway: a few times a second, in pieces the wire takes, and no more than it can carry. */

import type { Clock } from '../shared/std/clock.ts'

/** As `node.invoke.progress` has it. */
const pieceLimit = 16_384
const everyMs = 250

export class ProgressTeller {
  readonly #clock: Clock
  readonly #send: (chunk: string, seq: number) => Promise<unknown>
  #waiting = ''
  #seq = 0
  #isBusy = false
  #cancel: (() => void) | undefined

  /** Who shows it wants the latest: what does not fit is left out from the front. */
  constructor(clock: Clock, send: (chunk: string, seq: number) => Promise<unknown>) {
    this.#clock = clock
    this.#send = send
  }

  add(text: string): void {
    this.#waiting = (this.#waiting + text).slice(-pieceLimit).toWellFormed()
    if (!this.#isBusy) this.#cancel ??= this.#clock.after(everyMs, () => this.#tell(), { unref: true })
  }

  stop(): void {
    this.#cancel?.()
    this.#waiting = ''
  }

  #tell(): void {
    this.#cancel = undefined
    const chunk = this.#waiting
    if (chunk === '') return
    this.#waiting = ''
    this.#isBusy = true
    const done = () => {
      this.#isBusy = false
      if (this.#waiting !== '') this.add('')
    }
    this.#send(chunk, this.#seq++).then(done, done) // only for show: the answer carries all of it
  }
}
