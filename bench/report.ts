/** How every benchmark reports: a figure, its spread, its unit and its budget, one line each; `--strict` fails on any over budget. */

export type Figure = {
  name: string
  /** One value per repetition; the median counts. */
  samples: readonly number[]
  unit: string
  /** Largest acceptable median, or the smallest for `atLeast`. Absent for figures that are only shown. */
  budget?: number
  atLeast?: boolean
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** The value below which `share` (0 to 1) of the samples lie, by the nearest-rank method. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export function isWithin({ samples, budget, atLeast }: Figure): boolean {
  if (budget === undefined) return true
  return atLeast ? median(samples) >= budget : median(samples) <= budget
}

/** Prints the figures of one benchmark. A figure over budget makes the process fail under `--strict`. */
export function report(title: string, figures: readonly Figure[]): void {
  console.log(`\n${title}`)
  for (const figure of figures) {
    const { name, samples, unit, budget, atLeast } = figure
    const spread =
      samples.length > 1 ? ` (${show(Math.min(...samples))}–${show(Math.max(...samples))}, n=${samples.length})` : ''
    const limit = budget === undefined ? '' : `  budget ${atLeast ? '≥' : '≤'} ${show(budget)} ${unit}`
    const verdict = budget === undefined ? '' : isWithin(figure) ? '  ok' : '  OVER'
    console.log(`  ${name.padEnd(52)} ${show(median(samples)).padStart(9)} ${unit}${spread}${limit}${verdict}`)
  }
  if (process.argv.includes('--strict') && !figures.every(isWithin)) process.exitCode = 1
}

function show(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Math.abs(value) >= 100) return value.toFixed(0)
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}
