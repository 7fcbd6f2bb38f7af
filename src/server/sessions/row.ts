/** A session as the wire shows it: a row of `sessions.list` and the stored record (sections 7.7 and 11.3). Pure. */

import type { SessionRow } from '../../shared/protocol/sessions.ts'
import { sessionKind } from '../../shared/session-key.ts'
import type { SessionRecord } from './record.ts'

export type SessionDefaults = { modelProvider: string | null; model: string | null; contextTokens: number | null }

/** Model and context are the session's own choice, else what last answered, else the defaults. `windowOf`: tokens a model takes. */
export function sessionRow(
  session: SessionRecord,
  defaults: SessionDefaults,
  windowOf: (model: string) => number,
  include: { title?: boolean; preview?: boolean } = {},
): SessionRow {
  const { settings } = session
  const modelProvider = settings.providerOverride ?? session.modelProvider ?? defaults.modelProvider ?? undefined
  const model = settings.modelOverride ?? session.model ?? defaults.model ?? undefined
  return defined({
    key: session.key,
    kind: sessionKind(session.key),
    label: session.label,
    displayName: session.label ?? session.origin?.name,
    derivedTitle: include.title ? (session.title ?? fallbackTitle(session)) : undefined,
    lastMessagePreview: include.preview ? session.preview : undefined,
    chatType: sessionKind(session.key) === 'group' ? 'group' : 'direct',
    ...originFields(session),
    updatedAt: session.updatedAt,
    sessionId: session.sessionId,
    systemSent: session.totalTokens > 0,
    abortedLastRun: session.abortedLastRun,
    thinkingLevel: settings.thinkingLevel,
    verboseLevel: settings.verboseLevel,
    reasoningLevel: settings.reasoningLevel,
    elevatedLevel: settings.elevatedLevel,
    responseUsage: settings.responseUsage,
    sendPolicy: settings.sendPolicy,
    inputTokens: session.inputTokens,
    outputTokens: session.outputTokens,
    totalTokens: session.totalTokens,
    modelProvider,
    model,
    contextTokens: model === undefined ? (defaults.contextTokens ?? undefined) : windowOf(`${modelProvider}:${model}`),
    spawnedBy: session.spawnedBy,
  })
}

/** The chat a session belongs to, as far as it belongs to one. */
function originFields({ origin }: Pick<SessionRecord, 'origin'>) {
  if (!origin) return {}
  const { channel, address, name } = origin
  const threadId = address.thread === undefined ? {} : { threadId: address.thread }
  return {
    channel,
    ...(address.isGroup && { subject: name }),
    origin: { label: name, provider: channel, surface: channel, chatType: address.isGroup ? 'group' : 'direct' },
    deliveryContext: { channel, to: address.chat, accountId: 'default', ...threadId },
    lastChannel: channel,
    lastTo: address.chat,
    lastAccountId: 'default',
  }
}

/** The stored record under the names of the ecosystem. */
export function sessionEntry({
  settings,
  ...session
}: SessionRecord): { sessionId: string; updatedAt: number } & Record<string, unknown> {
  return defined({
    ...settings,
    sessionId: session.sessionId,
    updatedAt: session.updatedAt,
    label: session.label,
    spawnedBy: session.spawnedBy,
    ...originFields(session),
    abortedLastRun: session.abortedLastRun,
    inputTokens: session.inputTokens,
    outputTokens: session.outputTokens,
    totalTokens: session.totalTokens,
    modelProvider: session.modelProvider,
    model: session.model,
    compactionCount: session.compactions,
  })
}

/** The beginning of the id and the day it began (verified on v3). */
function fallbackTitle({ sessionId, startedAt }: SessionRecord): string {
  return `${sessionId.slice(0, 8)} (${new Date(startedAt).toISOString().slice(0, 10)})`
}

function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
