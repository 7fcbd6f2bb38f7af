/** Who may speak: decided by numbers the service gave and by nothing people can choose themselves (EX15). Pure. */

import type { ChannelMessage } from './channel.ts'

type Place = { enabled?: boolean | undefined; requireMention?: boolean | undefined; allowFrom?: Ids | undefined }
type Ids = readonly (string | number)[]

/** As the settings of a service say it. */
export type Policy = {
  readonly dmPolicy: 'pairing' | 'allowlist' | 'open' | 'disabled'
  readonly allowFrom: Ids
  readonly groupPolicy: 'allowlist' | 'open' | 'disabled'
  readonly groupAllowFrom?: Ids | undefined
  readonly groups: Readonly<Record<string, Place & { topics?: Readonly<Record<string, Place>> | undefined }>>
}

export type Verdict =
  | { readonly kind: 'admitted' }
  /** A stranger who may ask to be approved. */
  | { readonly kind: 'asks' }
  | { readonly kind: 'ignored'; readonly why: string }

const admitted: Verdict = { kind: 'admitted' }
const ignored = (why: string): Verdict => ({ kind: 'ignored', why })

/** `isApproved` knows those a person has let in. */
export function admit(policy: Policy, message: ChannelMessage, isApproved: (senderId: string) => boolean): Verdict {
  const id = message.sender?.id
  if (id === undefined || !/^[0-9]+$/.test(id)) return ignored('it does not say which account wrote it')
  return message.address.isGroup ? admitInGroup(policy, message, id) : admitAlone(policy, id, isApproved)
}

function admitAlone(policy: Policy, id: string, isApproved: (senderId: string) => boolean): Verdict {
  switch (policy.dmPolicy) {
    case 'disabled':
      return ignored('chats of two are off (dmPolicy)')
    case 'open':
    case 'allowlist':
      return names(policy.allowFrom, id) ? admitted : ignored('the account is not in allowFrom')
    case 'pairing':
      // "*" means everybody only where the policy says so too.
      return names(policy.allowFrom, id, false) || isApproved(id) ? admitted : { kind: 'asks' }
  }
}

function admitInGroup(policy: Policy, { address, isMention }: ChannelMessage, id: string): Verdict {
  if (policy.groupPolicy === 'disabled') return ignored('groups are off (groupPolicy)')
  const places = placesOf(policy, address)
  if (places === undefined) return ignored('the group is not one of groups')
  if (places.some(({ enabled }) => enabled === false)) return ignored('it is off there')
  const requireMention = places.find((place) => place.requireMention !== undefined)?.requireMention ?? true
  if (requireMention && !isMention) return ignored('it is not said to the bot')
  const allowFrom = places.find((place) => place.allowFrom !== undefined)?.allowFrom
  if (allowFrom === undefined && policy.groupPolicy === 'open') return admitted
  const rule = allowFrom ?? policy.groupAllowFrom ?? policy.allowFrom
  return names(rule, id) ? admitted : ignored('the account is not in groupAllowFrom')
}

/** What is said of that place, the closest first; undefined for a group that is not wanted. */
function placesOf({ groups }: Policy, { chat, thread }: ChannelMessage['address']): Place[] | undefined {
  const own = groups[chat]
  const any = groups['*']
  if (own === undefined && any === undefined) return Object.keys(groups).length === 0 ? [] : undefined
  const topic = thread === undefined ? undefined : own?.topics?.[thread]
  return [topic, own, any].filter((place) => place !== undefined)
}

function names(ids: Ids, id: string, isAnyMeant = true): boolean {
  return ids.some((one) => String(one) === id || (isAnyMeant && one === '*'))
}
