/** What strangers can cause at will, for the journal: the first ones whole, a flood as a number, so that it cannot fill the disk. */

import { BoundedMap } from '../../shared/std/bounded-map.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Journal } from './journal.ts'

/** Refusals of one source written whole in one minute, and of all sources together. */
const perSource = 5
const inAll = 60
const minuteMs = 60_000

export class Refusals {
  readonly #journal: Pick<Journal, 'note'>
  readonly #clock: Clock
  readonly #what: string
  readonly #sources: BoundedMap<string, number>
  #minute = { from: -Infinity, written: 0, left: 0 }

  constructor(journal: Pick<Journal, 'note'>, clock: Clock, what = 'auth.refused') {
    this.#journal = journal
    this.#clock = clock
    this.#what = what
    this.#sources = new BoundedMap({ limit: 1_000, ttlMs: minuteMs, clock })
  }

  /** True when it was written, false when only counted. */
  note(from: string, facts: Readonly<Record<string, unknown>>): boolean {
    const now = this.#clock.monotonic()
    if (now - this.#minute.from >= minuteMs) {
      this.flush()
      this.#minute = { from: now, written: 0, left: 0 }
    }
    const ofSource = (this.#sources.get(from) ?? 0) + 1
    this.#sources.set(from, ofSource)
    if (ofSource > perSource || this.#minute.written >= inAll) {
      this.#minute.left++
      return false
    }
    this.#minute.written++
    this.#journal.note(this.#what, { from, ...facts })
    return true
  }

  /** Writes how many were left out so far. */
  flush(): void {
    if (this.#minute.left > 0) this.#journal.note(this.#what, { more: this.#minute.left })
    this.#minute.left = 0
  }
}
