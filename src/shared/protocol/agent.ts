/** Runs seen closely: methods `agent`, `agent.wait`, `agent.identity.get`, and the event `agent` (sections 7.6, 9.2). */

import * as z from 'zod'
import { attachment, idempotencyKey, maxMessageLength, sessionKey } from './chat.ts'
import { defineEvent } from './event.ts'
import { defineMethod } from './method.ts'

const name = z.string().max(256)

const agent = defineMethod({
  name: 'agent',
  about: 'Runs one turn. Two responses with one id: `accepted` at once, then the result.',
  scope: 'write',
  params: () =>
    z.strictObject({
      message: z.string().min(1).max(maxMessageLength),
      idempotencyKey,
      agentId: name.optional(),
      sessionKey: sessionKey.optional(),
      sessionId: name.optional(),
      to: name.optional(),
      replyTo: name.optional(),
      channel: name.optional(),
      replyChannel: name.optional(),
      accountId: name.optional(),
      replyAccountId: name.optional(),
      threadId: name.optional(),
      groupId: name.optional(),
      groupChannel: name.optional(),
      groupSpace: name.optional(),
      thinking: z.string().max(32).optional(),
      deliver: z.boolean().optional(),
      attachments: z.array(attachment).max(20).optional(),
      /** Seconds. */
      timeout: z.number().min(0).max(86_400).optional(),
      lane: name.optional(),
      extraSystemPrompt: z.string().max(50_000).optional(),
      label: name.optional(),
      spawnedBy: name.optional(),
    }),
  result: () =>
    z.looseObject({
      runId: z.string(),
      status: z.enum(['accepted', 'in_flight', 'ok', 'error']).or(z.string()),
      acceptedAt: z.number().optional(),
      summary: z.string().optional(),
      result: z
        .looseObject({
          payloads: z.array(z.looseObject({ text: z.string().nullish(), mediaUrl: z.string().nullish() })),
        })
        .optional(),
    }),
})

const agentWait = defineMethod({
  name: 'agent.wait',
  about: 'Waits for a run to end; `timeout` after `timeoutMs` (default 30 000), also for a run nobody knows.',
  scope: 'write',
  params: () =>
    z.strictObject({ runId: z.string().min(1).max(256), timeoutMs: z.int().min(0).max(86_400_000).optional() }),
  result: () =>
    z.looseObject({
      runId: z.string(),
      status: z.enum(['ok', 'error', 'timeout']).or(z.string()),
      startedAt: z.number().optional(),
      endedAt: z.number().optional(),
      error: z.string().optional(),
    }),
})

const agentIdentity = defineMethod({
  name: 'agent.identity.get',
  about: 'Name and picture of an agent.',
  scope: 'read',
  params: () => z.strictObject({ agentId: name.optional(), sessionKey: sessionKey.optional() }),
  result: () => z.looseObject({ agentId: z.string(), name: z.string().optional(), avatar: z.string().optional() }),
})

/** Streams: `lifecycle`, `assistant`, `thinking`, `tool`, `compaction`, `error`; strangers send more. `seq` counts from 1 per run. */
export const agentPayload = z.looseObject({
  runId: z.string(),
  seq: z.number(),
  stream: z.string(),
  ts: z.number(),
  data: z.looseObject({}),
  sessionKey: z.string().optional(),
})
export type AgentPayload = z.infer<typeof agentPayload>

const agentEvent = defineEvent({
  name: 'agent',
  about: 'Lifecycle, text and tools of a run.',
  scope: 'read',
  payload: () => agentPayload,
})

export const agentMethods = [agent, agentWait, agentIdentity] as const
export const agentEvents = [agentEvent] as const
