/** The latest events of the whole gateway, by position, for peers that come back. Bounded by size and age. */

import type { Clock } from '../../../shared/std/clock.ts'
import type { Outgoing } from './outgoing.ts'

const maxBytes = 8 * 1024 * 1024
const maxAgeMs = 10 * 60_000

type Slot = { item: Outgoing; size: number; at: number }

export class Ring {
  readonly #clock: Clock
  readonly #slots: Slot[] = []
  /** Position of the first slot. Positions count from 1 and never repeat. */
  #first = 1
  #bytes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Position of the latest item; 0 before the first. */
  get end(): number {
    return this.#first + this.#slots.length - 1
  }

  /** Keeps an item and returns its position. */
  append(item: Outgoing): number {
    // The item holds its payload beside its text, so it weighs about twice that.
    const size = 2 * item.json.length
    this.#slots.push({ item, size, at: this.#clock.monotonic() })
    this.#bytes += size
    this.#forget()
    return this.end
  }

  /** Everything after `position`, oldest first; undefined when some of it has been forgotten. */
  after(position: number): { position: number; item: Outgoing }[] | undefined {
    this.#forget()
    if (position < this.#first - 1 || position > this.end) return undefined
    return this.#slots
      .slice(position - this.#first + 1)
      .map(({ item }, index) => ({ item, position: position + 1 + index }))
  }

  #forget(): void {
    const oldest = this.#clock.monotonic() - maxAgeMs
    let count = 0
    for (const slot of this.#slots) {
      if (this.#bytes <= maxBytes && slot.at >= oldest) break
      this.#bytes -= slot.size
      count++
    }
    if (count === 0) return
    this.#slots.splice(0, count)
    this.#first += count
  }
}
