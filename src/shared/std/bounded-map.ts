/** A map that forgets: at most `limit` entries, each for at most `ttlMs` (security requirement IN9). */

import type { Clock } from './clock.ts'

type Slot<K, V> = { key: K; value: V; expiresAt: number }

export class BoundedMap<K, V> {
  readonly #slots = new Map<K, Slot<K, V>>()
  /**
   * Slots by age, with some that were replaced or deleted since. Asking the `Map` itself for its oldest entry costs
   * 20 µs at 10,000 entries, because it walks over the holes that deleting the oldest leaves.
   */
  #queue: Slot<K, V>[] = []
  #head = 0
  readonly #limit: number
  readonly #ttlMs: number
  readonly #clock: Clock

  constructor(options: { limit: number; ttlMs: number; clock: Clock }) {
    this.#limit = options.limit
    this.#ttlMs = options.ttlMs
    this.#clock = options.clock
  }

  get size(): number {
    return this.#slots.size
  }

  get(key: K): V | undefined {
    const slot = this.#slots.get(key)
    if (!slot) return undefined
    if (slot.expiresAt > this.#clock.monotonic()) return slot.value
    this.#slots.delete(key)
    return undefined
  }

  /** Sets a value and makes it the youngest; the oldest entry leaves when the map is full. */
  set(key: K, value: V): void {
    const slot = { key, value, expiresAt: this.#clock.monotonic() + this.#ttlMs }
    this.#slots.set(key, slot)
    this.#queue.push(slot)
    this.#forgetOldest()
    this.#tidyQueue()
  }

  delete(key: K): boolean {
    return this.#slots.delete(key)
  }

  /** What is known now, oldest first. */
  *values(): Iterable<V> {
    const now = this.#clock.monotonic()
    for (const slot of this.#queue.slice(this.#head)) {
      if (this.#isCurrent(slot) && slot.expiresAt > now) yield slot.value
    }
  }

  #isCurrent(slot: Slot<K, V>): boolean {
    return this.#slots.get(slot.key) === slot
  }

  #forgetOldest(): void {
    const now = this.#clock.monotonic()
    for (let oldest = this.#queue[this.#head]; oldest; oldest = this.#queue[++this.#head]) {
      if (!this.#isCurrent(oldest)) continue
      if (this.#slots.size <= this.#limit && oldest.expiresAt > now) return
      this.#slots.delete(oldest.key)
    }
  }

  #tidyQueue(): void {
    if (this.#queue.length < 2 * this.#limit + 16) return
    this.#queue = this.#queue.slice(this.#head).filter((slot) => this.#isCurrent(slot))
    this.#head = 0
  }
}
