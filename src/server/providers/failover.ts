/** Decides what follows a failed model request: the same model again, the next one, or the end. Pure. */

import type { Fault } from '../../shared/fault.ts'
import { backoffDelayMs } from '../../shared/std/backoff.ts'

export type Failure = {
  fault: Fault
  /** Tries of this model before this one. */
  retries: number
  /** Whether the reader has seen anything of the answer: from then on a second one would be doubled text. */
  hasEmitted: boolean
  hasFallback: boolean
  /** In [0, 1). */
  random: number
}

export type Verdict = { do: 'retry'; delayMs: number } | { do: 'next' } | { do: 'fail' }

const maxRetries = 3
const backoff = { baseMs: 500, capMs: 8_000 }
/** With another model to turn to, nobody should wait this long for the first. */
const patienceMs = { withFallback: 5_000, alone: 60_000 }

export function afterFailure({ fault, retries, hasEmitted, hasFallback, random }: Failure): Verdict {
  if (hasEmitted) return { do: 'fail' }
  const giveUp: Verdict = { do: hasFallback ? 'next' : 'fail' }
  if (!fault.retryable || retries >= maxRetries) return giveUp
  const asked = fault.retryAfterMs ?? 0
  if (asked > (hasFallback ? patienceMs.withFallback : patienceMs.alone)) return giveUp
  // Never sooner than asked; the rest is spread, so that many gateways do not come back at once.
  return { do: 'retry', delayMs: asked + backoffDelayMs(backoff, retries, random) }
}
