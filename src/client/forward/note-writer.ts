/** Keeps the note of a running forward true, without writing it for every single connection. */

import type { Fault } from '../../shared/fault.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { type ForwardNote, type NotePlace, removeNote, renewNote } from './note.ts'

/** Changes within this time are written together, milliseconds. */
const gatherMs = 250

export class NoteWriter implements AsyncDisposable {
  #note: ForwardNote
  readonly #place: NotePlace
  readonly #clock: Clock
  #writing: Promise<void> = Promise.resolve()
  #cancel: (() => void) | undefined
  #isOver = false

  /** `first` is on disk already. */
  constructor(place: NotePlace, first: ForwardNote, clock: Clock) {
    this.#place = place
    this.#note = first
    this.#clock = clock
  }

  update(change: Partial<ForwardNote>): void {
    this.#note = { ...this.#note, ...change }
    if (this.#isOver || this.#cancel) return
    this.#cancel = this.#clock.after(gatherMs, () => this.#write(), { unref: true })
  }

  /** Resolves when others can read it. */
  async enter(phase: ForwardNote['phase'], change: Partial<ForwardNote> = {}): Promise<void> {
    this.update({ ...change, phase, since: this.#clock.now() })
    this.#write()
    await this.#writing
  }

  trouble({ code, message, remedy }: Fault): void {
    const at = this.#clock.now()
    this.update({ lastError: { code, message, at, ...(remedy === undefined ? {} : { remedy }) } })
  }

  /** One more or one less connection of a local program. */
  count(by: 1 | -1): void {
    const { open, total } = this.#note
    this.update({ open: open + by, total: by === 1 ? total + 1 : total })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    this.#cancel?.()
    await this.#writing
    await removeNote(this.#place, this.#note.profileId)
  }

  /** A full disk makes the note old, not the forward useless. */
  #write(): void {
    this.#cancel?.()
    this.#cancel = undefined
    if (this.#isOver) return
    this.#writing = this.#writing.then(() => renewNote(this.#place, this.#note)).catch(() => {})
  }
}
