/** The sessions there are: created, found, reset, deleted and listed. */

import { randomUUID } from 'node:crypto'
import { Fault } from '../../shared/fault.ts'
import { agentIdOf, canonicalKey } from '../../shared/session-key.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { SessionOrigin } from '../channels/session-of.ts'
import type { Database, Row } from '../storage/database.ts'
import { nextActivity } from './log.ts'
import { type RunEnd, type SessionRecord, type SessionSettings, sessionColumns, sessionFromRow } from './record.ts'

export type CatalogParts = {
  db: Database
  clock: Clock
  defaultAgentId: string
  /** Whether a session last changed at `lastAt` begins afresh with the next message. */
  isStale: (key: string, lastAt: number) => boolean
}

export type ListFilter = {
  limit?: number | undefined
  activeMinutes?: number | undefined
  includeGlobal?: boolean | undefined
  includeUnknown?: boolean | undefined
  label?: string | undefined
  spawnedBy?: string | undefined
  agentId?: string | undefined
  search?: string | undefined
}

export type Catalog = ReturnType<typeof createCatalog>

const fromSessions = 'FROM sessions s JOIN transcripts t ON t.id = s.transcript'

export function createCatalog({ db, clock, defaultAgentId, isStale }: CatalogParts) {
  const find = (key: string): SessionRecord | undefined => {
    const row = db.get(`SELECT ${sessionColumns} ${fromSessions} WHERE s.key = ?`, key)
    return row && sessionFromRow(row)
  }

  const transcriptOf = (key: string): number | undefined => {
    const row = db.get('SELECT transcript FROM sessions WHERE key = ?', key)
    return row && Number(row.transcript)
  }

  const newTranscript = (key: string): { transcript: number; sessionId: string } => {
    const sessionId = randomUUID()
    const { lastId } = db.run(
      'INSERT INTO transcripts (session_id, key, started_at) VALUES (?, ?, ?)',
      sessionId,
      key,
      clock.now(),
    )
    return { transcript: lastId, sessionId }
  }

  const create = (key: string, agentId: string): { transcript: number; sessionId: string } => {
    const made = newTranscript(key)
    db.run(
      `INSERT INTO sessions (key, agent_id, transcript, activity, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)`,
      key,
      agentId,
      made.transcript,
      nextActivity(db),
      clock.now(),
      clock.now(),
    )
    return made
  }

  const restart = (key: string): { transcript: number; sessionId: string } => {
    const made = newTranscript(key)
    db.run(
      `UPDATE sessions SET transcript = ?, activity = ?, updated_at = ?, title = NULL, preview = NULL, input_tokens = 0,
         output_tokens = 0, total_tokens = 0, aborted_last_run = 0, compactions = 0 WHERE key = ?`,
      made.transcript,
      nextActivity(db),
      clock.now(),
      key,
    )
    return made
  }

  /** Throws for the main session, which always is. */
  const checkDeletable = (key: string): void => {
    if (key !== canonicalKey('main', defaultAgentId) && key !== 'global') return
    throw new Fault('usage.invalid', `Cannot delete the main session (${key}).`)
  }

  return {
    find,
    transcriptOf,
    checkDeletable,

    /** The session a message goes to: created when missing, begun afresh when its reset rule says so. */
    open(key: string, agentId: string): { transcript: number; sessionId: string } {
      const row = db.get(`SELECT t.id, t.session_id, s.updated_at ${fromSessions} WHERE s.key = ?`, key)
      if (!row) return create(key, agentId)
      // A run still going belongs to the conversation it began in.
      const isIdle = !db.get("SELECT 1 FROM runs WHERE status = 'running' AND key = ? LIMIT 1", key)
      if (isIdle && isStale(key, Number(row.updated_at))) return restart(key)
      return { transcript: Number(row.id), sessionId: String(row.session_id) }
    },

    /** Creates the session if it is missing. */
    ensure(key: string, agentId = agentIdOf(key, defaultAgentId)): SessionRecord {
      return db.transaction(() => {
        if (!find(key)) create(key, agentId)
        return find(key) as SessionRecord
      })
    },

    /** A new session id with empty history and zero tokens; settings and label stay. Creates a missing session. */
    reset(key: string): SessionRecord {
      return db.transaction(() => {
        if (find(key)) restart(key)
        else create(key, agentIdOf(key, defaultAgentId))
        return find(key) as SessionRecord
      })
    },

    /** Deletes a session and, unless `keepTranscript`, every message ever written under its key. Refused while a run is open. */
    remove(key: string, { keepTranscript = false } = {}): { deleted: boolean } {
      checkDeletable(key)
      return db.transaction(() => {
        if (db.get("SELECT 1 FROM runs WHERE status = 'running' AND key = ? LIMIT 1", key)) {
          throw new Fault('usage.invalid', `Session ${key} is still active; try again in a moment.`, {
            retryable: true,
          })
        }
        const { changes } = db.run('DELETE FROM sessions WHERE key = ?', key)
        if (!keepTranscript) deleteTranscripts(db, key)
        return { deleted: changes > 0 }
      })
    },

    /** Newest first, by sequence. */
    list(filter: ListFilter = {}): SessionRecord[] {
      const { where, values } = listWhere(filter, clock.now())
      return db
        .all(
          `SELECT ${sessionColumns} ${fromSessions} ${where} ORDER BY s.activity DESC LIMIT ?`,
          ...values,
          filter.limit ?? 10_000,
        )
        .map(sessionFromRow)
    },

    /** Sessions with this session id, or this label. Past session ids are found too. */
    findBy(what: { sessionId: string } | { label: string }): SessionRecord[] {
      const rows =
        'label' in what
          ? db.all(`SELECT ${sessionColumns} ${fromSessions} WHERE s.label = ?`, what.label)
          : db.all(`SELECT ${sessionColumns} ${fromSessions} WHERE t.session_id = ?`, what.sessionId)
      return rows.map(sessionFromRow)
    },

    /** Where the answers of a session go; the session is created if missing. */
    setOrigin(key: string, origin: SessionOrigin): void {
      const text = JSON.stringify(origin)
      db.write(() => {
        if (!find(key)) create(key, agentIdOf(key, defaultAgentId))
        db.run('UPDATE sessions SET origin = ? WHERE key = ? AND origin IS NOT ?', text, key, text)
      })
    },

    /** Stores settings as given (already checked). `label` and `spawnedBy` null clear. */
    write(key: string, next: { settings: SessionSettings; label?: string | null; spawnedBy?: string | null }): void {
      db.run(
        `UPDATE sessions SET settings = ?, label = ?, spawned_by = ?, activity = ?, updated_at = ? WHERE key = ?`,
        JSON.stringify(next.settings),
        next.label ?? null,
        next.spawnedBy ?? null,
        nextActivity(db),
        clock.now(),
        key,
      )
    },

    /** The model that answered last says no more what answers next. */
    forgetModel(key: string): void {
      db.run('UPDATE sessions SET model_provider = NULL, model = NULL WHERE key = ?', key)
    },

    /** Counters and model of the last answer; a session reset meanwhile keeps its zeros. */
    noteRunEnd(key: string, transcript: number, end: RunEnd): void {
      const answer = end.message?.role === 'assistant' ? end.message : undefined
      const usage = end.usage ?? answer?.usage
      db.run(
        `UPDATE sessions SET aborted_last_run = ?, model_provider = coalesce(?, model_provider),
           model = coalesce(?, model), input_tokens = coalesce(?, input_tokens),
           output_tokens = coalesce(?, output_tokens), total_tokens = coalesce(?, total_tokens)
         WHERE key = ? AND transcript = ?`,
        end.status === 'aborted' ? 1 : 0,
        answer?.provider ?? null,
        answer?.model ?? null,
        usage?.input ?? null,
        usage?.output ?? null,
        usage?.totalTokens ?? null,
        key,
        transcript,
      )
    },

    counts(): { sessions: number; byAgent: Record<string, number> } {
      const rows = db.all('SELECT agent_id, count(*) AS n FROM sessions GROUP BY agent_id')
      const byAgent = Object.fromEntries(rows.map((row: Row) => [String(row.agent_id), Number(row.n)]))
      return { sessions: Object.values(byAgent).reduce((sum, n) => sum + n, 0), byAgent }
    },
  }
}

function listWhere(filter: ListFilter, now: number): { where: string; values: (string | number)[] } {
  const tests: [sql: string, ...values: (string | number)[]][] = []
  if (filter.includeGlobal === false) tests.push(["s.key <> 'global'"])
  if (filter.includeUnknown === false) tests.push(["s.key <> 'unknown'"])
  if (filter.activeMinutes !== undefined) tests.push(['s.updated_at >= ?', now - filter.activeMinutes * 60_000])
  if (filter.label !== undefined) tests.push(['s.label = ?', filter.label])
  if (filter.spawnedBy !== undefined) tests.push(['s.spawned_by = ?', filter.spawnedBy])
  // The key `global` belongs to every agent: a terminal that lists one agent still finds its row (trap 18).
  if (filter.agentId !== undefined) tests.push(["(s.agent_id = ? OR s.key = 'global')", filter.agentId])
  const search = filter.search?.trim()
  if (search) {
    const like = `%${search.replace(/[\\%_]/g, '\\$&')}%`
    tests.push([
      "(s.key LIKE ? ESCAPE '\\' OR s.label LIKE ? ESCAPE '\\' OR s.title LIKE ? ESCAPE '\\' OR t.session_id LIKE ? ESCAPE '\\')",
      ...[like, like, like, like],
    ])
  }
  if (tests.length === 0) return { where: '', values: [] }
  return { where: `WHERE ${tests.map(([sql]) => sql).join(' AND ')}`, values: tests.flatMap(([, ...values]) => values) }
}

function deleteTranscripts(db: Database, key: string): void {
  const ofKey = 'SELECT id FROM transcripts WHERE key = ?'
  db.run(`DELETE FROM entry_words WHERE rowid IN (SELECT seq FROM entries WHERE transcript IN (${ofKey}))`, key)
  db.run(`DELETE FROM entries WHERE transcript IN (${ofKey})`, key)
  db.run(`DELETE FROM compactions WHERE transcript IN (${ofKey})`, key)
  db.run('DELETE FROM transcripts WHERE key = ?', key)
}
