/** What the state says of the gateways: each one, those that matter now, the one to go to. Pure. */

import type { Member } from './fleet.ts'
import type { State } from './state.ts'

/** Every gateway; the one on screen as its own state tells it. */
export function membersOf(state: State): readonly Member[] {
  const { members, currentId } = state.fleet
  return members.map((member) => (member.id === currentId ? { ...member, ...standing(state) } : member))
}

type Standing = Pick<
  Member,
  'connection' | 'roundtrips' | 'trouble' | 'unread' | 'approvals' | 'askedAt' | 'devices' | 'isAsking'
>

/** What a gateway's state says to those who look from outside. */
export function standing({ connection, roundtrips, trouble, approvals, devices, attention, asked }: State): Standing {
  return {
    connection: connection.phase === 'idle' ? undefined : connection,
    isAsking: asked !== undefined,
    roundtrips,
    trouble,
    unread: attention.unread.length,
    approvals: approvals.waiting.length,
    devices: devices.waiting.filter(({ requestId }) => !devices.later.includes(requestId)).length,
    askedAt: approvals.waiting.map(({ createdAtMs }) => createdAtMs).sort((a, b) => a - b)[0],
  }
}

/** Those that matter now: on screen, warm, connected, or with something to say. */
export function membersOfInterest(state: State): readonly Member[] {
  const { currentId } = state.fleet
  return membersOf(state).filter(
    (member) => member.id === currentId || member.isWarm || member.connection !== undefined || wants(member),
  )
}

/** It has something for the person. */
export function wants({ unread, approvals, devices, isAsking }: Member): boolean {
  return unread > 0 || approvals > 0 || devices > 0 || isAsking
}

/**
 * The gateway whose command has waited longest for an answer; where none does, one whose connection needs one, or that
 * asks about a device.
 */
export function longestWaiting(members: readonly Member[]): Member | undefined {
  const asking = members.filter(({ askedAt }) => askedAt !== undefined)
  const longest = asking.sort((a, b) => (a.askedAt ?? 0) - (b.askedAt ?? 0))[0]
  return longest ?? members.find(({ isAsking }) => isAsking) ?? members.find(({ devices }) => devices > 0)
}
