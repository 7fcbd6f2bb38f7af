/** A map that forgets: at most `limit` entries, each for at most `ttlMs` (security requirement IN9). */

import type { Clock } from './clock.ts'

type Slot<V> = { value: V; expiresAt: number }

export class BoundedMap<K, V> {
  readonly #slots = new Map<K, Slot<V>>()
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
    this.#slots.delete(key)
    this.#slots.set(key, { value, expiresAt: this.#clock.monotonic() + this.#ttlMs })
    for (const [oldest, slot] of this.#slots) {
      if (this.#slots.size <= this.#limit && slot.expiresAt > this.#clock.monotonic()) break
      this.#slots.delete(oldest)
    }
  }

  delete(key: K): boolean {
    return this.#slots.delete(key)
  }
}
