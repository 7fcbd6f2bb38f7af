/** What the switcher offers: every gateway, the ones used last first. Pure. */

import { latencyWords, memberName, standingDot, standingWords, wishes } from '../screens/standing.ts'
import { type Member, memberNamed } from '../store/fleet.ts'
import { membersOf } from '../store/members.ts'
import type { State } from '../store/state.ts'
import type { Entry } from './entry.ts'
import { filterList } from './fuzzy.ts'

/** `-` alone is the gateway that was on screen before. */
export function gatewayEntries(state: State, filter: string): readonly Entry[] {
  const { currentId } = state.fleet
  const members = membersOf(state)
  if (filter.trim() === '-') {
    const previous = memberNamed(state.fleet, '-')
    return previous ? [entryOf(previous, currentId)] : []
  }
  const found = filterList(byUse(members, currentId), filter, ({ name, ways }) => `${name} ${ways.join(' ')}`)
  return found.map((member) => entryOf(member, currentId))
}

/** The last one used first, so that Enter alone goes back to it; where one is already comes last. */
function byUse(members: readonly Member[], currentId: string): readonly Member[] {
  const others = members.filter(({ id }) => id !== currentId)
  const here = members.filter(({ id }) => id === currentId)
  return [...others.toSorted((a, b) => (b.usedAt ?? 0) - (a.usedAt ?? 0)), ...here]
}

function entryOf(member: Member, currentId: string): Entry {
  const fault = member.connection?.fault
  const words = wishes(member)
  const latency = member.connection?.phase === 'live' ? member.connection.latencyMs : undefined
  return {
    title: memberName(member),
    detail: [fault?.message ?? (latency === undefined ? standingWords(member) : ''), member.ways[0] ?? '']
      .filter(Boolean)
      .join(' · '),
    mark: standingDot(member),
    tail: [...words, latency === undefined ? '' : latencyWords(latency)].filter(Boolean).join(' · '),
    ...(member.id === currentId ? { isCurrent: true } : {}),
    choice: { kind: 'gateway', id: member.id },
  }
}
