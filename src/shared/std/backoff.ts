/** Exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"). */

export type Backoff = { baseMs: number; capMs: number }

/**
 * Delay before try number `attempt` (0 is the first retry), in milliseconds, between 0 and the doubled-and-capped bound.
 * `random` is a number in [0, 1).
 */
export function backoffDelayMs({ baseMs, capMs }: Backoff, attempt: number, random: number): number {
  return Math.round(random * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30)))
}
