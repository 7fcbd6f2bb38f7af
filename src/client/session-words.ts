/** Sessions as commands and screens write them. Pure. */

import type { SessionRow } from '../shared/protocol/sessions.ts'
import { canonicalKey } from '../shared/session-key.ts'

/** A name for people: what they called it, what it is about, else its key without what all keys share. */
export function sessionTitle(key: string, row?: SessionRow): string {
  const about = row && isStandIn(row) ? undefined : row?.derivedTitle
  const named = row?.label ?? about ?? row?.displayName
  return named?.trim() || shortKey(key)
}

/** As it can be given again: `agent:main:work` → `work`, another agent's whole. */
export function shortKey(key: string): string {
  const short = key.replace(/^agent:main:/, '')
  return canonicalKey(short) === key ? short : key
}

/** Of a session without words, gateways give the beginning of its id, and a day, for a title (section 7.7). */
function isStandIn({ derivedTitle = '', sessionId }: SessionRow): boolean {
  const [id, day] = derivedTitle.split(' (')
  return id === sessionId?.slice(0, 8) && (day === undefined || /^\d{4}-\d\d-\d\d\)$/.test(day))
}
