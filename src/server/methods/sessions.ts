/** `sessions.*`: the list of conversations and their settings. */

import type { SessionRow } from '../../shared/protocol/sessions.ts'
import type { ParsedParams, Result } from '../../shared/protocol/table.ts'
import type { HandlersOf } from '../../shared/rpc/call.ts'
import { normalizeAgentId } from '../../shared/session-key.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Bus } from '../bus.ts'
import { CallError, invalidRequest } from '../gateway/call-error.ts'
import type { HandlerContext } from '../gateway/context.ts'
import { defaultContextTokens } from '../runs/budget.ts'
import type { Keep } from '../sessions/compact.ts'
import type { ModelChecks } from '../sessions/patch.ts'
import type { SessionRecord } from '../sessions/record.ts'
import { type SessionDefaults, sessionEntry, sessionRow } from '../sessions/row.ts'
import type { Sessions } from '../sessions/sessions.ts'

export type SessionsParts = {
  sessions: Sessions
  bus: Bus
  clock: Clock
  /** Model and context of sessions that chose none. */
  defaults(): SessionDefaults
  /** Tokens a model takes, by its name. */
  windowOf(model: string): number
  modelChecks: ModelChecks
  /** Stops every run of the session; false when one did not end within 15 s. */
  stopRuns(key: string): Promise<boolean>
  /** Shortens what the model sees, with a summary written by a model where there is one. Default: a plain summary. */
  compact?: (key: string, keep: Keep) => Promise<{ kept: number } | { reason: string }>
}

/** Sessions whose preview one call may ask for (section 7.7). */
const maxPreviewKeys = 64

/** Of what the session's model takes, this part stays word for word when nobody says how much. */
const keptShare = 8

export function sessionsMethods(parts: SessionsParts): HandlersOf<'sessions', HandlerContext> {
  const { sessions } = parts
  const row = (session: SessionRecord, extras?: { title?: boolean; preview?: boolean }): SessionRow =>
    sessionRow(session, parts.defaults(), parts.windowOf, extras)
  return {
    'sessions.list': (params) => listSessions(parts, params),
    'sessions.preview': ({ keys, limit, maxChars }) => ({
      ts: parts.clock.now(),
      previews: keys.slice(0, maxPreviewKeys).map((key) => previewOf(parts, key, limit, maxChars)),
    }),
    'sessions.resolve': (params) => ({ ok: true, key: resolveKey(parts, params) }),
    'sessions.patch': ({ key: given, agentId: _, ...patch }) => {
      const session = sessions.patch(sessions.canonicalKey(given), patch, parts.modelChecks)
      changed(parts, session.key, 'patched')
      return { ok: true, key: session.key, entry: sessionEntry(session) }
    },
    'sessions.reset': async ({ key: given }) => {
      const key = sessions.canonicalKey(given)
      await stopOrRefuse(parts, key)
      const session = sessions.reset(key)
      changed(parts, key, 'reset')
      return { ok: true, key, entry: sessionEntry(session) }
    },
    'sessions.create': ({ key, agentId, label, model }) => {
      const made = sessions.create({ key, agentId: agentId && normalizeAgentId(agentId) })
      const session = sessions.patch(made.key, { label, model }, parts.modelChecks)
      changed(parts, session.key, 'created')
      return { ok: true, key: session.key, sessionId: session.sessionId, entry: sessionEntry(session) }
    },
    'sessions.delete': (params) => deleteSession(parts, params),
    'sessions.compact': async ({ key: given, maxLines }) => {
      const key = sessions.canonicalKey(given)
      const session = sessions.find(key)
      const window = (session && row(session).contextTokens) ?? parts.defaults().contextTokens ?? defaultContextTokens
      const keep = maxLines === undefined ? { keepTokens: Math.floor(window / keptShare) } : { keepMessages: maxLines }
      const done = parts.compact ? await parts.compact(key, keep) : sessions.compact(key, keep)
      if ('reason' in done) return { ok: true, key, compacted: false, reason: done.reason }
      changed(parts, key, 'compacted')
      return { ok: true, key, compacted: true, kept: done.kept, archived: null }
    },
    'sessions.describe': ({ key }) => {
      const session = sessions.find(sessions.canonicalKey(key))
      return { session: session ? row(session, { title: true, preview: true }) : null }
    },
    'sessions.subscribe': () => ({ subscribed: true }),
    'sessions.search': ({ query, limit, key }) => ({
      hits: sessions
        .search(query, {
          ...(limit === undefined ? {} : { limit }),
          ...(key === undefined ? {} : { key: sessions.canonicalKey(key) }),
        })
        .map(({ key: found, role, snippet, timestamp }) => ({ key: found, role, snippet, timestamp })),
    }),
  }
}

function listSessions(parts: SessionsParts, params: ParsedParams<'sessions.list'>): Result<'sessions.list'> {
  const defaults = parts.defaults()
  const rows = parts.sessions
    .list({ ...params, agentId: params.agentId && normalizeAgentId(params.agentId) })
    .map((session) =>
      sessionRow(session, defaults, parts.windowOf, {
        title: params.includeDerivedTitles === true,
        preview: params.includeLastMessage === true,
      }),
    )
  return { ts: parts.clock.now(), path: '(multiple)', count: rows.length, defaults, sessions: rows }
}

function previewOf(parts: SessionsParts, given: string, limit?: number, maxChars?: number) {
  const key = parts.sessions.canonicalKey(given)
  const items = parts.sessions.preview(key, {
    ...(limit === undefined ? {} : { limit }),
    ...(maxChars === undefined ? {} : { maxChars }),
  })
  const status = items === undefined ? 'missing' : items.length === 0 ? 'empty' : 'ok'
  return { key: given, status, items: items ?? [] }
}

function resolveKey({ sessions }: SessionsParts, params: ParsedParams<'sessions.resolve'>): string {
  const { key, sessionId, label } = params
  const given = [key, sessionId, label].filter((value) => value !== undefined && value.trim() !== '')
  if (given.length > 1) throw invalidRequest('Provide either key, sessionId, or label (not multiple)')
  if (given.length === 0) throw invalidRequest('Either key, sessionId or label is required')
  const found = key
    ? [sessions.find(sessions.canonicalKey(key))]
    : sessionId
      ? sessions.findBy({ sessionId: sessionId.trim() })
      : sessions.list({ label: label?.trim(), agentId: params.agentId, spawnedBy: params.spawnedBy })
  const [first, second] = found.filter((session) => session !== undefined)
  if (!first) {
    throw invalidRequest(label ? `No session found with label: ${label}` : `No session found: ${key ?? sessionId}`)
  }
  if (second) throw invalidRequest(`Multiple sessions found (${first.key}, ${second.key})`)
  return first.key
}

async function deleteSession(
  parts: SessionsParts,
  { key: given, deleteTranscript = true }: ParsedParams<'sessions.delete'>,
): Promise<Result<'sessions.delete'>> {
  const key = parts.sessions.canonicalKey(given)
  parts.sessions.checkDeletable(key)
  await stopOrRefuse(parts, key)
  const { deleted } = parts.sessions.remove(key, { keepTranscript: !deleteTranscript })
  if (deleted) changed(parts, key, 'deleted')
  return { ok: true, key, deleted, archived: [] }
}

async function stopOrRefuse(parts: SessionsParts, key: string): Promise<void> {
  if (await parts.stopRuns(key)) return
  throw new CallError('UNAVAILABLE', `Session ${key} is still active; try again in a moment.`, { retryable: true })
}

function changed({ bus, clock }: SessionsParts, key: string, reason: string): void {
  bus.publish({ type: 'wire', event: 'sessions.changed', payload: { key, reason, ts: clock.now() } })
}
