/** Whether a session has to begin afresh by itself, by the rules of the configuration (section 11.2). */

import { sessionKind } from '../../shared/session-key.ts'
import type { Config } from '../config/schema.ts'
import { shouldReset } from '../sessions/reset-rules.ts'

export function isStale(config: Config, key: string, lastAt: number, now: number): boolean {
  const { reset, resetByType } = config.session
  const own = key.includes(':thread:') || key.includes(':topic:') ? resetByType.thread : undefined
  const byKind = sessionKind(key) === 'group' ? resetByType.group : resetByType.dm
  return shouldReset(lastAt, now, own ?? byKind ?? reset, utcOffsetMs(now, config.agents.defaults.userTimezone))
}

/** How far local time is ahead of UTC at `now`. */
function utcOffsetMs(now: number, timeZone: string | undefined): number {
  // Each message asks, and making a format takes 0.3 ms.
  if (timeZone === undefined) return -new Date(now).getTimezoneOffset() * 60_000
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'longOffset', timeZone }).formatToParts(now)
  const match = /([+-])(\d\d):(\d\d)/.exec(parts.find(({ type }) => type === 'timeZoneName')?.value ?? '')
  if (!match) return 0
  const ms = (Number(match[2]) * 60 + Number(match[3])) * 60_000
  return match[1] === '-' ? -ms : ms
}
