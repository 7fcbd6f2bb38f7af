/** How many sockets may wait to be let in: some per source, and some in all (requirement IN1). */

const maxPerSource = 32
const maxInAll = 256

export class GreetingBudget {
  readonly #bySource = new Map<string, number>()
  #all = 0

  /** Takes a place; undefined when none is left. The result gives it back, once however often it is called. */
  take(source: string): (() => void) | undefined {
    const taken = this.#bySource.get(source) ?? 0
    if (taken >= maxPerSource || this.#all >= maxInAll) return undefined
    this.#bySource.set(source, taken + 1)
    this.#all++
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      this.#all--
      const left = (this.#bySource.get(source) ?? 1) - 1
      if (left === 0) this.#bySource.delete(source)
      else this.#bySource.set(source, left)
    }
  }
}
