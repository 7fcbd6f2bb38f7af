/** Conversation: methods `chat.*` and the event `chat` (sections 7.5 and 9.1). */

import * as z from 'zod'
import { message } from '../model/message.ts'
import { defineEvent } from './event.ts'
import { defineMethod } from './method.ts'

/** A session key as a caller may write it: `main`, a bare key, or `agent:<id>:<rest>`. */
export const sessionKey = z.string().min(1).max(512)
/** Chosen by the caller; it becomes the run's id, so sending again is the same run. */
export const idempotencyKey = z.string().min(1).max(256)
/** Longest message text, UTF-16 units. */
export const maxMessageLength = 200_000

export const attachment = z.looseObject({
  type: z.string().max(64).optional(),
  mimeType: z.string().max(128).optional(),
  fileName: z.string().max(256).optional(),
  /** Base64. At most 5 MB decoded. */
  content: z.string().optional(),
})

const chatHistory = defineMethod({
  name: 'chat.history',
  about: 'The last messages of a session, oldest first, at most 6 MiB. An unknown session gives an empty list.',
  scope: 'read',
  params: () =>
    z.strictObject({
      sessionKey,
      limit: z.int().min(1).max(1000).optional(),
      agentId: z.string().max(64).optional(),
    }),
  result: () =>
    z.looseObject({
      sessionKey: z.string(),
      sessionId: z.string().optional(),
      messages: z.array(z.union([message, z.looseObject({ role: z.string() })])),
      thinkingLevel: z.string().nullish(),
    }),
})

const chatSend = defineMethod({
  name: 'chat.send',
  about: 'Starts one run. Answered once the message is on disk; the reply comes as events under `runId`.',
  scope: 'write',
  params: () =>
    z.strictObject({
      sessionKey,
      message: z.string().max(maxMessageLength),
      thinking: z.string().max(32).optional(),
      deliver: z.boolean().optional(),
      attachments: z.array(attachment).max(20).optional(),
      timeoutMs: z.int().min(0).max(86_400_000).optional(),
      idempotencyKey,
      agentId: z.string().max(64).optional(),
      /** Sent by protocol 4 terminals from the second message on; the session is the one of `sessionKey`. */
      sessionId: z.string().max(128).optional(),
    }),
  /** A stop word answers with `{ok, aborted, runIds}` instead, without `runId`. */
  result: () =>
    z.looseObject({
      runId: z.string().optional(),
      status: z.enum(['started', 'in_flight', 'ok', 'error', 'timeout']).or(z.string()).optional(),
      ok: z.boolean().optional(),
      aborted: z.boolean().optional(),
      runIds: z.array(z.string()).optional(),
    }),
})

const chatAbort = defineMethod({
  name: 'chat.abort',
  about: 'Stops one run, or every run of the session when `runId` is absent.',
  scope: 'write',
  params: () =>
    z.strictObject({
      sessionKey,
      runId: z.string().max(256).optional(),
      agentId: z.string().max(64).optional(),
      preserveSideRuns: z.boolean().optional(),
    }),
  result: () => z.looseObject({ ok: z.boolean(), aborted: z.boolean(), runIds: z.array(z.string()) }),
})

const chatInject = defineMethod({
  name: 'chat.inject',
  about: 'Appends an assistant message without a model.',
  scope: 'admin',
  params: () =>
    z.strictObject({
      sessionKey,
      message: z.string().min(1).max(maxMessageLength),
      label: z.string().max(100).optional(),
    }),
  result: () => z.looseObject({ ok: z.boolean(), messageId: z.string() }),
})

/** `seq` is the run's own counter, not the frame's. Deltas are cumulative in `message`; see the reference for each state. */
export const chatPayload = z.looseObject({
  runId: z.string(),
  sessionKey: z.string(),
  seq: z.number(),
  state: z.enum(['delta', 'final', 'aborted', 'error', 'status']).or(z.string()),
  message: message.or(z.looseObject({ role: z.string() })).optional(),
  deltaText: z.string().optional(),
  replace: z.boolean().optional(),
  /** Ours, for peers with the cap `reattach`: how many UTF-16 units of the reply precede `deltaText`. `message` is then absent. */
  offset: z.number().optional(),
  errorMessage: z.string().optional(),
  stopReason: z.string().optional(),
  usage: z.unknown().optional(),
})
export type ChatPayload = z.infer<typeof chatPayload>

const chatEvent = defineEvent({
  name: 'chat',
  about: 'What a run says, and how it ended.',
  scope: 'read',
  payload: () => chatPayload,
})

export const chatMethods = [chatHistory, chatSend, chatAbort, chatInject] as const
export const chatEvents = [chatEvent] as const
