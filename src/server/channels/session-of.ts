/** Which session a message belongs to, and what that session knows of where it came from (sections 11.1 and 7.7). Pure. */

import type { Address, ChannelMessage } from './channel.ts'

/** Where the answers of a session go, and what the chat is called. */
export type SessionOrigin = {
  readonly channel: string
  readonly address: Address
  /** The person, or the group. */
  readonly name: string
}

export type DmScope = 'main' | 'per-peer' | 'per-channel-peer'

/** Keys are made of numbers only, so nobody gets into another session by a name. */
export function sessionOf(
  channel: string,
  { address, sender, title }: ChannelMessage,
  { agentId, dmScope }: { agentId: string; dmScope: DmScope },
): { key: string; origin: SessionOrigin } {
  const topic = address.thread === undefined ? '' : `:topic:${address.thread}`
  const person = sender?.id ?? 'unknown'
  const own = { main: 'main', 'per-peer': `dm:${person}`, 'per-channel-peer': `${channel}:dm:${person}` }[dmScope]
  const rest = address.isGroup ? `${channel}:group:${address.chat}${topic}` : `${own}${topic}`
  const name = address.isGroup ? (title ?? `group ${address.chat}`) : (sender?.name ?? person)
  return { key: `agent:${agentId}:${rest}`, origin: { channel, address, name } }
}
