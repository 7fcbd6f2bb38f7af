/** Times as people read them at a glance. Pure. */

import { formatDuration } from '../../shared/std/duration.ts'

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const weekMs = 7 * 86_400_000

/** `now`, `5m`, `2h`, `3d`; older than a week the date. Milliseconds since 1970. */
export function age(at: number, nowMs: number): string {
  const ms = Math.max(0, nowMs - at)
  if (ms < 60_000) return 'now'
  return ms < weekMs ? formatDuration(ms) : new Date(at).toISOString().slice(0, 10)
}

/** When it was, by the reader's own clock: `12:03`, on another day `21 Nov 12:03`. */
export function clockTime(at: number, nowMs: number): string {
  const date = new Date(at)
  const time = `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`
  if (date.toDateString() === new Date(nowMs).toDateString()) return time
  return `${date.getDate()} ${months[date.getMonth()]} ${time}`
}

/** What is left, rounded up: `2:05`, `9s`. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** What has passed: `0s`, `59s`, `2:05`. */
export function elapsed(ms: number): string {
  return countdown(Math.floor(Math.max(0, ms) / 1000) * 1000)
}
