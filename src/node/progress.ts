/** Live output on its way to the gateway: a few times a second, in pieces the wire takes, and no more than it can carry. */

import type { OutputStream } from '../exec/spawn.ts'
import type { Clock } from '../shared/std/clock.ts'

export type OutputPiece = { readonly chunk: string; readonly stream: OutputStream; readonly offset: number }

/** As `node.invoke.progress` has it. */
const pieceLimit = 16_384
/** Of what waits; a gateway that is slower gets the latest. */
const waitingLimit = 16 * pieceLimit
/** More changes from one stream to the other at a time are not told as they came. */
const maxPieces = 64
const everyMs = 250

export class ProgressTeller {
  readonly #clock: Clock
  readonly #send: (piece: OutputPiece, seq: number) => Promise<unknown>
  readonly #told = { stdout: 0, stderr: 0 }
  #waiting: { stream: OutputStream; text: string }[] = []
  #waitingUnits = 0
  #seq = 0
  #isBusy = false
  #cancel: (() => void) | undefined

  constructor(clock: Clock, send: (piece: OutputPiece, seq: number) => Promise<unknown>) {
    this.#clock = clock
    this.#send = send
  }

  /** The number of the next thing told. */
  nextSeq(): number {
    return this.#seq++
  }

  add(text: string, stream: OutputStream): void {
    const last = this.#waiting.at(-1)
    const isFull = this.#waiting.length >= maxPieces
    const same = last?.stream === stream ? last : isFull ? this.#waiting.findLast((one) => one.stream === stream) : last
    if (same?.stream === stream) same.text += text
    else this.#waiting.push({ stream, text })
    this.#waitingUnits += text.length
    while (this.#waitingUnits > waitingLimit) this.#leaveOut()
    this.#tellSoon()
  }

  /** Tells what waits, ahead of the answer. */
  finish(): void {
    this.#cancel?.()
    for (const _ of this.#tellAll());
  }

  /** From the front; that there is a hole shows in the next offset. */
  #leaveOut(): void {
    const [first] = this.#waiting
    if (!first) return
    const piece = first.text.slice(0, end(first.text, Math.min(pieceLimit, this.#waitingUnits - waitingLimit)))
    this.#take(first, piece.length)
  }

  #take(from: { stream: OutputStream; text: string }, units: number): void {
    from.text = from.text.slice(units)
    this.#told[from.stream] += units
    this.#waitingUnits -= units
    if (from.text === '') this.#waiting.shift()
  }

  #tellSoon(): void {
    if (!this.#isBusy && this.#waitingUnits > 0) {
      this.#cancel ??= this.#clock.after(everyMs, () => this.#tell(), { unref: true })
    }
  }

  #tell(): void {
    this.#cancel = undefined
    this.#isBusy = true
    void Promise.allSettled(this.#tellAll()).then(() => {
      this.#isBusy = false
      this.#tellSoon()
    })
  }

  *#tellAll(): Generator<Promise<unknown>> {
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const { stream } = first
      const chunk = first.text.slice(0, end(first.text, pieceLimit))
      const piece = { chunk, stream, offset: this.#told[stream] }
      this.#take(first, chunk.length)
      yield this.#send(piece, this.nextSeq()).catch(() => {}) // only for show: the answer carries all of it
    }
  }
}

/** Where to cut a text, so that no character is torn. */
function end(text: string, units: number): number {
  const isTorn = units > 1 && /[\ud800-\udbff]/.test(text[units - 1] ?? '') && units < text.length
  return isTorn ? units - 1 : units
}
