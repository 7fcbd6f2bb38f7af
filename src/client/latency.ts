/** Round trips of the last five minutes, for a sparkline and its figures. Bounded: a ping each 5 s makes 60 of them. */

const keepMs = 5 * 60_000
const maxSamples = 120

export type LatencySample = { /** Monotonic milliseconds. */ readonly at: number; readonly ms: number }

export type Latency = {
  /** Oldest first. */
  readonly samples: readonly LatencySample[]
  /** Undefined before the first answer. */
  readonly p50: number | undefined
  readonly p95: number | undefined
}

export class LatencyRing {
  #samples: LatencySample[] = []

  add(at: number, ms: number): void {
    this.#samples.push({ at, ms })
    if (this.#samples.length > maxSamples) this.#samples.shift()
  }

  read(now: number): Latency {
    this.#samples = this.#samples.filter(({ at }) => now - at <= keepMs)
    const sorted = this.#samples.map(({ ms }) => ms).sort((a, b) => a - b)
    // Nearest rank: a value that was measured, and none for an empty list.
    const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
    return { samples: [...this.#samples], p50: rank(0.5), p95: rank(0.95) }
  }
}

/** A figure that keeps still: small changes would redraw an idle screen each few seconds. */
export function steady(before: number | undefined, ms: number): number {
  const rounded = Math.round(ms)
  if (before === undefined) return rounded
  return Math.abs(before - rounded) > Math.max(3, before * 0.25) ? rounded : before
}
