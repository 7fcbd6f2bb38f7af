/** Random choices that a seed repeats, for tests that generate what they compare. */

export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 to below 1. mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
  roll(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** From 0 to `below` - 1. */
  upTo(below: number): number {
    return Math.floor(this.roll() * below)
  }

  chance(of: number): boolean {
    return this.roll() < of
  }

  pick<T>(items: readonly T[]): T {
    return items[this.upTo(items.length)] as T
  }

  /** Between `least` and `most` results. */
  times<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: least + this.upTo(most - least + 1) }, make)
  }
}
