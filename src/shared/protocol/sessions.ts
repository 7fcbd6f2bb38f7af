/** Sessions: listing, searching and changing them (section 7.7). */

import * as z from 'zod'
import { sessionKey } from './chat.ts'
import { defineEvent } from './event.ts'
import { defineMethod } from './method.ts'

const nullableText = (limit: number) => z.string().max(limit).nullable().optional()

export const sessionRow = z.looseObject({
  key: z.string(),
  kind: z.enum(['direct', 'group', 'global', 'unknown']).or(z.string()),
  label: z.string().optional(),
  displayName: z.string().optional(),
  derivedTitle: z.string().optional(),
  lastMessagePreview: z.string().optional(),
  /** The chat service it belongs to, such as `telegram`; absent for sessions of terminals. */
  channel: z.string().optional(),
  chatType: z.string().optional(),
  updatedAt: z.number().nullable(),
  sessionId: z.string().optional(),
  systemSent: z.boolean().optional(),
  abortedLastRun: z.boolean().optional(),
  thinkingLevel: z.string().optional(),
  verboseLevel: z.string().optional(),
  reasoningLevel: z.string().optional(),
  elevatedLevel: z.string().optional(),
  responseUsage: z.string().optional(),
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  totalTokens: z.number().optional(),
  modelProvider: z.string().optional(),
  model: z.string().optional(),
  contextTokens: z.number().optional(),
})
export type SessionRow = z.infer<typeof sessionRow>

const sessionsList = defineMethod({
  name: 'sessions.list',
  about: 'Sessions, newest first.',
  scope: 'read',
  params: () =>
    z.looseObject({
      limit: z.int().min(1).max(10_000).optional(),
      activeMinutes: z.number().min(0).optional(),
      includeGlobal: z.boolean().optional(),
      includeUnknown: z.boolean().optional(),
      includeDerivedTitles: z.boolean().optional(),
      includeLastMessage: z.boolean().optional(),
      label: z.string().max(512).optional(),
      spawnedBy: z.string().max(512).optional(),
      agentId: z.string().max(64).optional(),
      search: z.string().max(512).optional(),
    }),
  result: () =>
    z.looseObject({
      ts: z.number(),
      path: z.string().optional(),
      count: z.number(),
      defaults: z
        .looseObject({
          modelProvider: z.string().nullish(),
          model: z.string().nullish(),
          contextTokens: z.number().nullish(),
        })
        .optional(),
      sessions: z.array(sessionRow),
    }),
})

const sessionsPreview = defineMethod({
  name: 'sessions.preview',
  about: 'The last lines of several sessions.',
  scope: 'read',
  params: () =>
    z.strictObject({
      keys: z.array(sessionKey).min(1),
      limit: z.int().min(1).max(1000).optional(),
      maxChars: z.int().min(20).max(20_000).optional(),
    }),
  result: () =>
    z.looseObject({
      ts: z.number(),
      previews: z.array(
        z.looseObject({
          key: z.string(),
          status: z.string(),
          items: z.array(z.looseObject({ role: z.string(), text: z.string() })),
        }),
      ),
    }),
})

const sessionsResolve = defineMethod({
  name: 'sessions.resolve',
  about: 'Finds one session by exactly one of key, sessionId or label.',
  scope: 'read',
  params: () =>
    z.strictObject({
      key: sessionKey.optional(),
      sessionId: z.string().max(128).optional(),
      label: z.string().max(512).optional(),
      agentId: z.string().max(64).optional(),
      spawnedBy: z.string().max(512).optional(),
      includeGlobal: z.boolean().optional(),
      includeUnknown: z.boolean().optional(),
    }),
  result: () => z.looseObject({ ok: z.literal(true), key: z.string() }),
})

/** `null` clears a value. Bad values are refused with the texts of section 7.7. */
const sessionPatchFields = {
  label: nullableText(512),
  thinkingLevel: nullableText(32),
  verboseLevel: nullableText(32),
  reasoningLevel: nullableText(32),
  responseUsage: nullableText(32),
  elevatedLevel: nullableText(32),
  execHost: nullableText(32),
  execSecurity: nullableText(32),
  execAsk: nullableText(32),
  execNode: nullableText(128),
  model: nullableText(256),
  spawnedBy: nullableText(512),
  sendPolicy: nullableText(32),
  groupActivation: nullableText(32),
}

const sessionEntry = z.looseObject({ sessionId: z.string(), updatedAt: z.number().nullish() })

const sessionsPatch = defineMethod({
  name: 'sessions.patch',
  about: 'Changes settings of a session; creates it if missing.',
  scope: 'write',
  params: () => z.strictObject({ key: sessionKey, agentId: z.string().max(64).optional(), ...sessionPatchFields }),
  result: () =>
    z.looseObject({ ok: z.literal(true), path: z.string().optional(), key: z.string(), entry: sessionEntry }),
})

const sessionsReset = defineMethod({
  name: 'sessions.reset',
  about: 'Starts the session afresh under a new session id; settings stay.',
  scope: 'admin',
  params: () =>
    z.strictObject({
      key: sessionKey,
      agentId: z.string().max(64).optional(),
      reason: z.string().max(64).optional(),
    }),
  result: () => z.looseObject({ ok: z.literal(true), key: z.string(), entry: sessionEntry }),
})

const sessionsCreate = defineMethod({
  name: 'sessions.create',
  about: 'Creates an empty session, under a new key when none is given.',
  scope: 'write',
  params: () =>
    z.looseObject({
      key: sessionKey.optional(),
      agentId: z.string().max(64).optional(),
      label: z.string().max(512).optional(),
      model: z.string().max(256).optional(),
    }),
  result: () => z.looseObject({ ok: z.literal(true), key: z.string(), sessionId: z.string(), entry: sessionEntry }),
})

const sessionsDelete = defineMethod({
  name: 'sessions.delete',
  about: 'Deletes a session and, unless told otherwise, its transcript. The main session cannot be deleted.',
  scope: 'admin',
  params: () =>
    z.strictObject({
      key: sessionKey,
      deleteTranscript: z.boolean().optional(),
      agentId: z.string().max(64).optional(),
    }),
  result: () =>
    z.looseObject({ ok: z.literal(true), key: z.string(), deleted: z.boolean(), archived: z.array(z.string()) }),
})

const sessionsCompact = defineMethod({
  name: 'sessions.compact',
  about:
    'Shortens what the model sees of a long session; the transcript itself stays searchable. Without `maxLines` as much ' +
    "stays as it is as fits an eighth of what the session's model takes.",
  scope: 'admin',
  params: () =>
    z.strictObject({
      key: sessionKey,
      /** Messages that stay as they are. */
      maxLines: z.int().min(1).optional(),
      agentId: z.string().max(64).optional(),
    }),
  result: () =>
    z.looseObject({
      ok: z.literal(true),
      key: z.string(),
      compacted: z.boolean(),
      /** A sentence that says why not. */
      reason: z.string().optional(),
      kept: z.number().optional(),
    }),
})

const sessionsDescribe = defineMethod({
  name: 'sessions.describe',
  about: 'One row of `sessions.list`, or null.',
  scope: 'read',
  params: () => z.looseObject({ key: sessionKey }),
  result: () => z.looseObject({ session: sessionRow.nullable() }),
})

const sessionsSubscribe = defineMethod({
  name: 'sessions.subscribe',
  about: 'Says that the caller wants session events; every reader gets them anyway.',
  scope: 'read',
  params: () => z.looseObject({}),
  result: () => z.looseObject({ subscribed: z.boolean() }),
})

const sessionsSearch = defineMethod({
  name: 'sessions.search',
  about: 'Full-text search over all messages, best first.',
  scope: 'read',
  extension: true,
  params: () =>
    z.strictObject({
      query: z.string().min(1).max(512),
      limit: z.int().min(1).max(200).optional(),
      key: sessionKey.optional(),
    }),
  result: () =>
    z.looseObject({
      hits: z.array(
        z.looseObject({
          key: z.string(),
          role: z.string(),
          /** The surrounding text; each match is between U+0002 and U+0003. */
          snippet: z.string(),
          timestamp: z.number(),
        }),
      ),
    }),
})

const sessionsChanged = defineEvent({
  name: 'sessions.changed',
  about:
    'A session was created, renamed, reset, deleted or got a message, or the settings changed; refetch the list when convenient.',
  scope: 'read',
  payload: () => z.looseObject({ key: z.string(), reason: z.string(), ts: z.number() }),
  droppable: true,
})

export const sessionsMethods = [
  sessionsList,
  sessionsPreview,
  sessionsResolve,
  sessionsPatch,
  sessionsReset,
  sessionsCreate,
  sessionsDelete,
  sessionsCompact,
  sessionsDescribe,
  sessionsSubscribe,
  sessionsSearch,
] as const
export const sessionsEvents = [sessionsChanged] as const
