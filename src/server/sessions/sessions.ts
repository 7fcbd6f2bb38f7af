/** Everything stored about conversations, as one object over one database. All of it is synchronous. */

import { randomUUID } from 'node:crypto'
import { Fault } from '../../shared/fault.ts'
import { type Message, messageText } from '../../shared/model/message.ts'
import { canonicalKey } from '../../shared/session-key.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { ellipsize } from '../../shared/std/text.ts'
import type { Database } from '../storage/database.ts'
import { createCatalog } from './catalog.ts'
import { type Keep, plainSummary, planCompaction, whyNotCompacted } from './compact.ts'
import { oldestFitting, validForModel } from './history.ts'
import { entriesBetween, insertEntry, lastEntries, oneLine, turnSizes } from './log.ts'
import { applyPatch, type ModelChecks, type SessionPatch } from './patch.ts'
import type { Entry, SessionRecord } from './record.ts'
import { type Recovery, recoverRuns } from './recover.ts'
import { createRunLog } from './runs.ts'
import { type SearchHit, searchEntries } from './search.ts'
import { type UsageTotals, usageByDay } from './usage.ts'
import { openWordIndex } from './word-index.ts'

export type SessionsOptions = {
  db: Database
  clock: Clock
  defaultAgentId: string
  /** Asked at each message: has this session, last changed at `lastAt`, to begin afresh? Default never. */
  isStale?: (key: string, lastAt: number) => boolean
}

/** Largest history answer (section 7.5). */
const maxHistoryBytes = 6 * 1024 * 1024

export type Sessions = ReturnType<typeof openSessions>

export function openSessions({ db, clock, defaultAgentId, isStale = () => false }: SessionsOptions) {
  const catalog = createCatalog({ db, clock, defaultAgentId, isStale })
  const log = createRunLog({ db, clock, catalog })
  const words = openWordIndex(db)

  const compactionOf = (transcript: number): { turn: number; summary?: string } => {
    const row = db.get('SELECT turn, summary FROM compactions WHERE transcript = ?', transcript)
    return row ? { turn: Number(row.turn), summary: String(row.summary) } : { turn: 0 }
  }

  return {
    ...log,
    canonicalKey: (key: string): string => canonicalKey(key, defaultAgentId),
    find: catalog.find,
    ensure: catalog.ensure,
    reset: catalog.reset,
    remove: catalog.remove,
    checkDeletable: catalog.checkDeletable,
    list: catalog.list,
    findBy: catalog.findBy,
    setOrigin: catalog.setOrigin,

    /** Closes what the last process left open. Call once, before the first run. */
    recover: (): Recovery => recoverRuns({ db, clock, log }),

    /** Stores a message that belongs to no run, such as an injected one; the session is created if missing. */
    inject(key: string, message: Message): Entry {
      return db.transaction(() => {
        catalog.ensure(key)
        return insertEntry(db, { key, transcript: catalog.transcriptOf(key) as number }, message)
      })
    },

    /**
     * The last messages in reading order, each with the `runId` it belongs to, so that a screen knows which of them it has
     * already shown; empty for an unknown session. `ids` are those of the messages, rising and never used again.
     */
    history(
      key: string,
      { limit = 200, maxBytes = maxHistoryBytes } = {},
    ): { session?: SessionRecord; messages: (Message & { runId?: string })[]; ids: number[] } {
      const session = catalog.find(key)
      if (!session) return { messages: [], ids: [] }
      const entries = lastEntries(db, catalog.transcriptOf(key) as number, limit, maxBytes)
      return {
        session,
        messages: entries.map(({ message, runId }) => (runId === undefined ? message : { ...message, runId })),
        ids: entries.map(({ id }) => id),
      }
    },

    /**
     * What a model is given: the last summary, then whole turns, every tool call followed by its result, the oldest
     * turns dropped to fit `budgetTokens`. While a run is open the history ends with its turn: messages that wait
     * behind it are not yet said.
     */
    modelHistory(key: string, { budgetTokens = Number.POSITIVE_INFINITY } = {}): Message[] {
      const open = db.get(
        "SELECT transcript, turn FROM runs WHERE status = 'running' AND key = ? ORDER BY id LIMIT 1",
        key,
      )
      const transcript = open ? Number(open.transcript) : catalog.transcriptOf(key)
      if (transcript === undefined) return []
      const { turn, summary } = compactionOf(transcript)
      const until = open ? Number(open.turn) : Number.MAX_SAFE_INTEGER
      const first = oldestFitting(turnSizes(db, transcript, turn, until), budgetTokens)
      if (first === undefined) return []
      const entries = withoutCommands(entriesBetween(db, transcript, first - 1, until))
      const messages = validForModel(entries.map((entry) => entry.message))
      return summary === undefined ? messages : [summaryMessage(summary, messages[0]?.timestamp ?? 0), ...messages]
    },

    /** Everything one run left in the log, the user's message first. */
    messagesOf(runId: string): Message[] {
      const run = db.get('SELECT transcript, turn FROM runs WHERE run_id = ?', runId)
      if (!run) return []
      return entriesBetween(db, Number(run.transcript), Number(run.turn) - 1, Number(run.turn)).map(
        (entry) => entry.message,
      )
    },

    /** Lets the model see a summary instead of old turns, or says why not. The transcript stays whole. Without `summary` a plain one is made. */
    compact(key: string, { summary, ...keep }: Keep & { summary?: string }): { kept: number } | { reason: string } {
      const transcript = catalog.transcriptOf(key)
      if (transcript === undefined) return { reason: whyNotCompacted([], keep) }
      const earlier = compactionOf(transcript)
      const entries = entriesBetween(db, transcript, earlier.turn, Number.MAX_SAFE_INTEGER)
      const plan = planCompaction(entries, keep)
      if (!plan) return { reason: whyNotCompacted(entries, keep) }
      const text = summary ?? [earlier.summary, plainSummary(plan.summarize)].filter(Boolean).join('\n')
      db.transaction(() => {
        db.run('INSERT OR REPLACE INTO compactions VALUES (?, ?, ?)', transcript, plan.throughTurn, text)
        db.run('UPDATE sessions SET compactions = compactions + 1 WHERE key = ?', key)
      })
      return { kept: plan.kept }
    },

    /** Changes settings, creating the session if missing. Throws a fault for a bad value. */
    patch(key: string, patch: SessionPatch, checks: Partial<ModelChecks> = {}): SessionRecord {
      return db.transaction(() => {
        const session = catalog.ensure(key)
        const labelOwner = (label: string) => catalog.findBy({ label })[0]?.key
        catalog.write(key, applyPatch(session, patch, { ...checks, labelOwner }))
        if (patch.model === null) catalog.forgetModel(key)
        return catalog.find(key) as SessionRecord
      })
    },

    /** A new, empty session; `key` is made up when absent. */
    create({
      key,
      agentId = defaultAgentId,
    }: {
      key?: string | undefined
      agentId?: string | undefined
    }): SessionRecord {
      return catalog.ensure(canonicalKey(key ?? randomUUID(), agentId))
    },

    /** The last lines of a session, at most `maxChars` each; undefined for an unknown session. */
    preview(key: string, { limit = 12, maxChars = 240 } = {}): { role: string; text: string }[] | undefined {
      const transcript = catalog.transcriptOf(key)
      if (transcript === undefined) return undefined
      return lastEntries(db, transcript, limit, maxHistoryBytes).flatMap(({ message }) => {
        const text = oneLine(messageText(message.content))
        const role = message.role === 'toolResult' ? 'tool' : message.role
        return text === '' ? [] : [{ role, text: ellipsize(text, maxChars) }]
      })
    },

    /** Indexes what was stored lately, for `search`; to be called when nobody waits. */
    indexWords: words.catchUp,

    search(query: string, options?: { limit?: number; key?: string }): SearchHit[] {
      try {
        words.catchUp()
      } catch (error) {
        // What was indexed before is found all the same.
        if (!(error instanceof Fault) || error.code !== 'storage.full') throw error
      }
      return searchEntries(db, query, options)
    },

    usageByDay: (days: number, timeZone?: string): (UsageTotals & { date: string })[] =>
      usageByDay(db, clock.now(), days, timeZone),

    counts: catalog.counts,
  }
}

/** Slash commands and their answers are between a person and the gateway. */
function withoutCommands(entries: readonly Entry[]): Entry[] {
  const turns = new Set(
    entries.flatMap(({ turn, message }) => ('command' in message && message.command === true ? [turn] : [])),
  )
  return entries.filter(({ turn }) => !turns.has(turn))
}

function summaryMessage(summary: string, timestamp: number): Message {
  return { role: 'user', content: `[Summary of the conversation so far]\n${summary}`, timestamp }
}
