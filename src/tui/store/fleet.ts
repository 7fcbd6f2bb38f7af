/** All gateways one can switch to, as the bar, the switcher and the profile screen show them. */

import type { ConnectionView } from '../../client/connection-api.ts'

/** Round trips of the last minutes, as they were when somebody last looked. */
export type Roundtrips = {
  /** Oldest first; `at` is how long ago, as a negative time in milliseconds. */
  readonly samples: readonly { readonly at: number; readonly ms: number }[]
  /** The usual one, and one of twenty is slower than that. */
  readonly p50: number | undefined
  readonly p95: number | undefined
}

/** What broke a connection last, and when. */
export type Trouble = { readonly text: string; readonly at: number }

export const noRoundtrips: Roundtrips = { samples: [], p50: undefined, p95: undefined }

export type Member = {
  /** What drafts, cache and outbox belong to; stays when a profile is renamed. */
  readonly id: string
  readonly name: string
  /** How it is reached, for people: `ssh deploy@vps`, then `tailscale vps`. */
  readonly ways: readonly string[]
  readonly isWarm: boolean
  /** It is saved: it can be edited and deleted. */
  readonly isSaved: boolean
  /** How it stands; undefined while it is not connected to. */
  readonly connection: ConnectionView | undefined
  readonly roundtrips: Roundtrips
  /** Stays when it is connected again. */
  readonly trouble: Trouble | undefined
  readonly unread: number
  /** Commands that wait for permission, and when the oldest of them was asked, by our clock. */
  readonly approvals: number
  readonly askedAt: number | undefined
  /** New devices that it asks about. */
  readonly devices: number
  /** Its connection waits for an answer of the person. */
  readonly isAsking: boolean
  /** When it was last on screen, milliseconds since 1970. */
  readonly usedAt: number | undefined
}

/** What is known of it without having been there. */
export type Profile = Pick<Member, 'id' | 'name' | 'ways' | 'isWarm' | 'isSaved' | 'usedAt'>

export type Fleet = {
  readonly members: readonly Member[]
  /** The one on screen, and the one before it, for `-`. */
  readonly currentId: string
  readonly previousId: string | undefined
}

export const noFleet: Fleet = { members: [], currentId: '', previousId: undefined }

/** By name, exactly or as its only beginning; `-` is the one before. Undefined when there is none or more than one. */
export function memberNamed({ members, previousId }: Fleet, name: string): Member | undefined {
  if (name === '-') return members.find(({ id }) => id === previousId)
  const wanted = name.toLowerCase()
  const exact = members.find((member) => member.name.toLowerCase() === wanted)
  const begun = members.filter((member) => member.name.toLowerCase().startsWith(wanted))
  return exact ?? (begun.length === 1 ? begun[0] : undefined)
}
