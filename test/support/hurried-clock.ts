/** A clock for which time passes many times faster, so that waiting is real and short; it remembers what was waited for. */

import { type Clock, systemClock } from '../../src/shared/std/clock.ts'

export type HurriedClock = Clock & {
  /** Every delay that was asked for, milliseconds of its own time. */
  readonly waits: number[]
}

export function hurriedClock(times = 100): HurriedClock {
  const from = systemClock.now()
  const start = systemClock.monotonic()
  const monotonic = () => (systemClock.monotonic() - start) * times
  const waits: number[] = []
  return {
    waits,
    now: () => Math.round(from + monotonic()),
    monotonic,
    after(delayMs, task, options) {
      waits.push(delayMs)
      return systemClock.after(delayMs / times, task, options)
    },
  }
}
