/** Figures of the last minutes as a row of little bars. Pure. */

const bars = '▁▂▃▄▅▆▇█'

export type Sample = { readonly at: number; readonly ms: number }

/**
 * `width` bars, the newest at the right; each is the slowest of its share of `spanMs`, a blank where nothing was measured.
 * The highest bar is the slowest of all, though never quicker than `floorMs`: a calm line shows as low bars.
 */
export function sparkline(
  samples: readonly Sample[],
  nowMs: number,
  spanMs: number,
  width: number,
  floorMs = 50,
): string {
  const slowest: number[] = []
  for (const { at, ms } of samples) {
    const slot = width - 1 - Math.floor(((nowMs - at) / spanMs) * width)
    if (slot >= 0 && slot < width) slowest[slot] = Math.max(slowest[slot] ?? 0, ms)
  }
  const top = Math.max(floorMs, ...samples.map(({ ms }) => ms))
  return Array.from({ length: width }, (_, slot) => {
    const ms = slowest[slot]
    return ms === undefined ? ' ' : (bars[Math.min(bars.length - 1, Math.floor((ms / top) * bars.length))] ?? ' ')
  }).join('')
}
