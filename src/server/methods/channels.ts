/** `channels.*` and `send`: chat services and the people who write from them (sections 7.4 and 7.14). */

import { Fault } from '../../shared/fault.ts'
import type { ParsedParams } from '../../shared/protocol/table.ts'
import type { HandlersOf } from '../../shared/rpc/call.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { deadline } from '../../shared/std/signal.ts'
import type { Bus } from '../bus.ts'
import type { ChannelDesk } from '../channels/desk.ts'
import { defaultAccount } from '../channels/facts.ts'
import type { Letter } from '../channels/outbox.ts'
import type { Sender } from '../channels/senders.ts'
import { invalidRequest } from '../gateway/call-error.ts'
import type { HandlerContext } from '../gateway/context.ts'

export type ChannelsParts = {
  desk: ChannelDesk
  bus: Bus
  clock: Clock
  /** Takes the token out of wherever the gateway may; throws for a service that knows none. */
  logout(channel: string): { cleared: boolean; left?: string }
}

const defaultTimeoutMs = 10_000

export function channelsMethods(parts: ChannelsParts): HandlersOf<'channels', HandlerContext> {
  const { desk, clock } = parts
  return {
    'channels.status': async ({ probe, timeoutMs = defaultTimeoutMs }, { signal }) => {
      if (probe) await desk.probe(deadline(timeoutMs, signal))
      const { channelSummary: _, ...facts } = desk.facts()
      return { ts: clock.now(), available: desk.ids(), ...facts }
    },
    'channels.logout': async ({ channel, accountId = defaultAccount }, { signal }) => {
      if (!desk.ids().includes(channel)) throw invalidRequest('invalid channels.logout channel')
      await desk.leave(channel, signal)
      const done = parts.logout(channel)
      return { channel, accountId, loggedOut: done.cleared, ...done }
    },
    send: (params, { signal }) => send(parts, params, signal),
    'channels.pairing.list': ({ channel }) => {
      const ids = channel === undefined ? desk.ids() : [channel]
      const of = <T extends Sender>(id: string, senders: readonly T[]) => senders.map((sender) => shown(id, sender))
      return {
        pending: ids.flatMap((id) => of(id, desk.senders(id).waiting())),
        approved: ids.flatMap((id) => of(id, desk.senders(id).approved())),
      }
    },
    'channels.pairing.approve': async ({ channel, code }) => {
      const sender = desk.senders(channel).approve(code)
      if (!sender) throw nobodyWaits(code)
      resolved(parts, channel, sender.id, 'approved')
      await desk.welcome(channel, sender)
      return { sender: shown(channel, sender) }
    },
    'channels.pairing.reject': ({ channel, code }) => {
      const sender = desk.senders(channel).reject(code)
      if (!sender) throw nobodyWaits(code)
      resolved(parts, channel, sender.id, 'rejected')
      return { sender: shown(channel, sender) }
    },
    'channels.pairing.revoke': ({ channel, id }) => {
      if (!desk.senders(channel).revoke(id)) {
        throw new Fault('usage.invalid', `Nobody approved has the number ${id}`, {
          remedy: `See who is approved with: clawdbot pairing list ${channel}`,
        })
      }
      resolved(parts, channel, id, 'revoked')
      return { channel, id }
    },
  }
}

async function send({ desk }: ChannelsParts, params: ParsedParams<'send'>, signal: AbortSignal) {
  const { to, message, channel = desk.ids()[0] ?? '', threadId, file, idempotencyKey: runId } = params
  if (message.trim() === '' && !file) throw new Fault('usage.invalid', 'message or file required')
  if (!/^-?[0-9]{1,20}$/.test(to)) {
    throw new Fault('usage.invalid', `${to.slice(0, 64)} is no chat: it has to be the number of one`, {
      remedy: 'clawdbot sessions list and clawdbot pairing list show the numbers of people and groups.',
    })
  }
  const letter: Letter = {
    key: `send:${runId}`,
    address: { chat: to, isGroup: to.startsWith('-'), ...(threadId !== undefined && { thread: threadId }) },
    text: message,
    ...(file && {
      file: { name: file.fileName, mimeType: file.mimeType, bytes: Buffer.from(file.content, 'base64') },
    }),
  }
  const { messageId = '' } = await desk.send(channel, letter, signal)
  return { runId, messageId, channel, chatId: to }
}

/** Without the place where they asked, which is for the gateway. */
function shown<T extends Sender>(channel: string, { chat: _, ...sender }: T) {
  return { channel, ...sender }
}

function resolved({ bus, clock }: ChannelsParts, channel: string, id: string, decision: string): void {
  bus.publish({
    type: 'wire',
    event: 'channels.pairing.resolved',
    payload: { channel, id, decision, ts: clock.now() },
  })
}

function nobodyWaits(code: string): Fault {
  return new Fault('usage.invalid', `Nobody waits with the code ${code}`, {
    remedy: 'A code is good for an hour. See who waits with: clawdbot pairing list',
  })
}
