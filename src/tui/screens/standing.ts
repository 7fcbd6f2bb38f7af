/** How a gateway stands, at a glance: a sign and a few words, for the bar, the switcher and the profile screen. Pure. */

import { danger, muted, success, warning } from '../layout/items/styles.ts'
import { oneLine } from '../layout/sanitize.ts'
import { plain, type Span, type Style } from '../layout/span.ts'
import type { Member } from '../store/fleet.ts'
import { phaseWords } from '../store/phase-words.ts'
import { layerNames } from './waterfall.ts'

/** The sign differs, not only its color: a terminal may have none. */
export function standingDot({ connection }: Member): Span {
  if (connection === undefined) return plain('○', muted)
  if (connection.phase === 'live') return connection.isSuspect ? plain('◐', warning) : plain('●', success)
  if (connection.phase === 'failed') return plain('✗', danger)
  return plain('◌', warning)
}

/** `41 ms`, or what keeps it from being live. */
export function standingWords({ connection }: Member): string {
  if (connection === undefined) return 'not connected'
  if (connection.phase !== 'live' || connection.isSuspect) return brokenWords(connection)
  return connection.latencyMs === undefined ? 'connected' : latencyWords(connection.latencyMs)
}

/** With the layer it is at, or broke at: `connecting: SSH`. */
function brokenWords(connection: NonNullable<Member['connection']>): string {
  const at = connection.layers.findLast(({ state }) => state !== 'idle')
  const words = phaseWords(connection)
  return at === undefined || connection.phase === 'live' ? words : `${words}: ${layerNames[at.layer]}`
}

export const latencyWords = (ms: number): string => `${Math.max(1, Math.round(ms))} ms`

/** `1 asks`, `3 new`: what it has for the person, the urgent first. */
export function wishes({ approvals, devices, unread, isAsking }: Member): readonly string[] {
  return [
    ...(isAsking ? ['needs you'] : []),
    ...(approvals > 0 ? [`${approvals} ${approvals === 1 ? 'asks' : 'ask'}`] : []),
    ...(devices > 0 ? [devices === 1 ? 'new device' : `${devices} new devices`] : []),
    ...(unread > 0 ? [`${unread >= 100 ? '99+' : unread} new`] : []),
  ]
}

/** The name as it is drawn: it may come from a file somebody else wrote. */
export const memberName = ({ name }: Member): string => oneLine(name)

export const wishStyle = ({ approvals, devices, isAsking }: Member): Style =>
  approvals > 0 || devices > 0 || isAsking ? warning : success
