/** Live output on its way to the gateway: a few times a second, in pieces the wire takes, and no more than it can carry. */

import type { OutputStream } from '../exec/spawn.ts'
import type { Clock } from '../shared/std/clock.ts'

export type OutputPiece = { readonly chunk: string; readonly stream: OutputStream; readonly offset: number }

/** As `node.invoke.progress` has it. */
const pieceLimit = 16_384
/** Of what waits; what comes while so much does is not told: the beginning stays whole, and the answer has the end. */
const waitingLimit = 16 * pieceLimit
/** More changes from one stream to the other at a time are not told as they came. */
const maxPieces = 64
const everyMs = 250

type Waiting = { readonly stream: OutputStream; offset: number; text: string }

export class ProgressTeller {
  readonly #clock: Clock
  readonly #send: (piece: OutputPiece, seq: number) => Promise<unknown>
  /** Units that came so far, told or not. */
  readonly #came = { stdout: 0, stderr: 0 }
  #waiting: Waiting[] = []
  #waitingUnits = 0
  #seq = 0
  #isBusy = false
  #hasTold = false
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
    const offset = this.#came[stream]
    this.#came[stream] += text.length
    const room = waitingLimit - this.#waitingUnits
    const kept = room <= 0 ? '' : text.slice(0, end(text, room))
    if (kept === '') return
    const last = this.#waiting.at(-1)
    const isFull = this.#waiting.length >= maxPieces
    const same = isFull ? this.#waiting.findLast((one) => one.stream === stream) : last
    if (same?.stream === stream && same.offset + same.text.length === offset) same.text += kept
    else this.#waiting.push({ stream, offset, text: kept })
    this.#waitingUnits += kept.length
    this.#tellSoon()
  }

  /** Tells what waits, ahead of the answer. */
  finish(): void {
    this.#cancel?.()
    for (const _ of this.#tellAll());
  }

  #take(from: Waiting, units: number): void {
    from.text = from.text.slice(units)
    from.offset += units
    this.#waitingUnits -= units
    if (from.text === '') this.#waiting.shift()
  }

  #tellSoon(): void {
    if (!this.#isBusy && this.#waitingUnits > 0) {
      this.#cancel ??= this.#clock.after(this.#hasTold ? everyMs : 0, () => this.#tell(), { unref: true })
    }
  }

  #tell(): void {
    this.#cancel = undefined
    this.#hasTold = true
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
      const piece = { chunk, stream, offset: first.offset }
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
