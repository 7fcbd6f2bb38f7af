/** Chat channels and their state (section 7.4). */

import * as z from 'zod'
import { idempotencyKey } from './chat.ts'
import { defineEvent } from './event.ts'
import { defineMethod } from './method.ts'

const channelAccount = z.looseObject({
  accountId: z.string(),
  name: z.string().optional(),
  enabled: z.boolean().optional(),
  configured: z.boolean().optional(),
  linked: z.boolean().optional(),
  running: z.boolean().optional(),
  connected: z.boolean().optional(),
  lastError: z.string().nullish(),
  mode: z.string().optional(),
  tokenSource: z.string().optional(),
})

const channelsStatus = defineMethod({
  name: 'channels.status',
  about: 'Every channel and account; `probe` asks the services themselves.',
  scope: 'read',
  params: () => z.looseObject({ probe: z.boolean().optional(), timeoutMs: z.int().min(1000).max(120_000).optional() }),
  result: () =>
    z.looseObject({
      ts: z.number(),
      channelOrder: z.array(z.string()),
      channelLabels: z.record(z.string(), z.string()),
      /** Ours: every service there is, set up or not. */
      available: z.array(z.string()).optional(),
      channels: z.record(z.string(), z.looseObject({})),
      channelAccounts: z.record(z.string(), z.array(channelAccount)),
      channelDefaultAccountId: z.record(z.string(), z.string()),
    }),
})

const channelName = z.string().min(1).max(64)

const channelsLogout = defineMethod({
  name: 'channels.logout',
  about: 'Forgets the token of a channel, where the gateway keeps it, and ends the account.',
  scope: 'admin',
  params: () => z.looseObject({ channel: channelName, accountId: z.string().max(64).optional() }),
  result: () =>
    z.looseObject({
      channel: z.string(),
      accountId: z.string(),
      cleared: z.boolean(),
      loggedOut: z.boolean().optional(),
      /** Where a token is still, which only a person can take away. */
      left: z.string().optional(),
    }),
})

const attachedFile = z.strictObject({
  fileName: z.string().min(1).max(128),
  mimeType: z.string().max(128),
  /** Base64. */
  content: z.string().max(28_000_000),
})

const send = defineMethod({
  name: 'send',
  about: 'Sends a message to a chat; answered when the service has it.',
  scope: 'write',
  params: () =>
    z.looseObject({
      to: z.string().min(1).max(128),
      message: z.string().max(100_000),
      channel: channelName.optional(),
      accountId: z.string().max(64).optional(),
      threadId: z.string().max(64).optional(),
      /** Ours: a file to send with it. */
      file: attachedFile.optional(),
      idempotencyKey,
    }),
  result: () =>
    z.looseObject({ runId: z.string(), messageId: z.string(), channel: z.string(), chatId: z.string().optional() }),
})

const channelSender = z.looseObject({
  channel: z.string(),
  id: z.string(),
  /** What they call themselves. */
  name: z.string(),
  username: z.string().optional(),
})
const waitingSender = channelSender.extend({ code: z.string(), askedAt: z.number() })
const approvedSender = channelSender.extend({ approvedAt: z.number() })
/** The code they were told, or their number. */
const decision = () => z.strictObject({ channel: channelName, code: z.string().min(1).max(64) })

const pairingList = defineMethod({
  name: 'channels.pairing.list',
  about: 'People who wrote to a channel and wait for approval, and those approved.',
  scope: 'pairing',
  extension: true,
  params: () => z.strictObject({ channel: channelName.optional() }),
  result: () => z.looseObject({ pending: z.array(waitingSender), approved: z.array(approvedSender) }),
})

const pairingApprove = defineMethod({
  name: 'channels.pairing.approve',
  about: 'Lets somebody who waits write to the agent, and tells them.',
  scope: 'pairing',
  extension: true,
  params: decision,
  result: () => z.looseObject({ sender: channelSender }),
})

const pairingReject = defineMethod({
  name: 'channels.pairing.reject',
  about: 'Refuses somebody who waits; they are not heard for a day.',
  scope: 'pairing',
  extension: true,
  params: decision,
  result: () => z.looseObject({ sender: channelSender }),
})

const pairingRevoke = defineMethod({
  name: 'channels.pairing.revoke',
  about: 'Makes somebody who was approved a stranger again.',
  scope: 'pairing',
  extension: true,
  params: () => z.strictObject({ channel: channelName, id: z.string().min(1).max(64) }),
  result: () => z.looseObject({ channel: z.string(), id: z.string() }),
})

const pairingRequested = defineEvent({
  name: 'channels.pairing.requested',
  about: 'Somebody wrote to a channel and waits for approval.',
  scope: 'pairing',
  payload: () => waitingSender,
  droppable: true,
})

const pairingResolved = defineEvent({
  name: 'channels.pairing.resolved',
  about: 'Somebody decided about a person who waited.',
  scope: 'pairing',
  payload: () => z.looseObject({ channel: z.string(), id: z.string(), decision: z.string(), ts: z.number() }),
  droppable: true,
})

export const channelsMethods = [
  channelsStatus,
  channelsLogout,
  send,
  pairingList,
  pairingApprove,
  pairingReject,
  pairingRevoke,
] as const
export const channelsEvents = [pairingRequested, pairingResolved] as const
