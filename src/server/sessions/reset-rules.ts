/** When a conversation begins afresh by itself (section 11.2). Pure. */

export type ResetRule =
  | { mode: 'off' }
  /** At `atHour` o'clock, 0 to 23, in the time zone given. */
  | { mode: 'daily'; atHour: number }
  /** After this long without a message. */
  | { mode: 'idle'; idleMinutes: number }

const dayMs = 86_400_000

/** `lastAt`: when the session last changed; `utcOffsetMs`: what the rule's time zone is ahead of UTC at `now`. */
export function shouldReset(lastAt: number, now: number, rule: ResetRule, utcOffsetMs = 0): boolean {
  switch (rule.mode) {
    case 'off':
      return false
    case 'idle':
      return now - lastAt >= rule.idleMinutes * 60_000
    case 'daily': {
      const shift = utcOffsetMs - rule.atHour * 3_600_000
      const lastBoundary = Math.floor((now + shift) / dayMs) * dayMs - shift
      return lastAt < lastBoundary
    }
  }
}
