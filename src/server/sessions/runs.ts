/** Runs on disk: begun before they are acknowledged, checkpointed while they stream, ended in one transaction. */

import type { Message, ToolDetails, UserMessage } from '../../shared/model/message.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Database } from '../storage/database.ts'
import type { Catalog } from './catalog.ts'
import { insertEntry } from './log.ts'
import { type Entry, type RunEnd, type RunRecord, runFromRow } from './record.ts'

export type BeginRun = {
  /** The caller's idempotency key. */
  runId: string
  /** Canonical. */
  key: string
  /** As the caller wrote it. */
  echoKey: string
  agentId: string
  message: UserMessage
  /** Who asked: `chat`, `agent`, `http`, … */
  source: string
}

export type BeginResult = { kind: 'new'; entryId: number; sessionId: string } | { kind: 'known'; run: RunRecord }

/** Where a run's messages go. */
type Place = { runId: string; key: string; transcript: number; turn: number; isRunning: boolean }

export type RunLog = ReturnType<typeof createRunLog>

const runColumns = `r.run_id, r.key, r.echo_key, r.agent_id, r.source, r.status, r.started_at, r.ended_at,
  r.error_message, r.stop_reason, e.message`

const insertCheckpoint = 'INSERT INTO checkpoints (run_id, kind, position, text) VALUES (?, ?, ?, ?)'

export function createRunLog({ db, clock, catalog }: { db: Database; clock: Clock; catalog: Catalog }) {
  const findRun = (runId: string): RunRecord | undefined => {
    const row = db.get(
      `SELECT ${runColumns} FROM runs r LEFT JOIN entries e ON e.seq = r.final_seq WHERE r.run_id = ?`,
      runId,
    )
    return row && runFromRow(row)
  }

  const place = (runId: string): Place | undefined => {
    const row = db.get('SELECT key, transcript, turn, status FROM runs WHERE run_id = ?', runId)
    if (!row) return undefined
    const [transcript, turn] = [Number(row.transcript), Number(row.turn)]
    return { runId, key: String(row.key), transcript, turn, isRunning: row.status === 'running' }
  }

  return {
    run: findRun,

    /** Resolves when every run begun or ended before is on disk. */
    synced: db.synced,

    /** One transaction stores the run and the user's message, on disk once `synced` resolves; a `runId` seen before stores nothing. */
    beginRun(begin: BeginRun): BeginResult {
      return db.write(() => {
        const known = findRun(begin.runId)
        if (known) return { kind: 'known', run: known }
        const session = catalog.open(begin.key, begin.agentId)
        const entry = insertEntry(
          db,
          { key: begin.key, transcript: session.transcript, runId: begin.runId },
          begin.message,
        )
        db.run(
          `INSERT INTO runs (run_id, transcript, turn, key, echo_key, agent_id, source, status, started_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, 'running', ?)`,
          begin.runId,
          session.transcript,
          entry.turn,
          begin.key,
          begin.echoKey,
          begin.agentId,
          begin.source,
          clock.now(),
        )
        return { kind: 'new', entryId: entry.id, sessionId: session.sessionId }
      })
    },

    /** Stores a message of a running run: an answer with tool calls, or a tool's result. */
    append({ runId, message }: { runId: string; message: Message }): Entry {
      return db.transaction(() => {
        const to = place(runId)
        if (!to) throw new Error(`no run ${runId}`)
        const entry = insertEntry(db, to, message)
        // A stored answer holds all that was streamed for it.
        if (message.role === 'assistant') db.run('DELETE FROM checkpoints WHERE run_id = ?', runId)
        return entry
      })
    },

    /**
     * Notes text streamed since the run's last stored message; `offset` orders the pieces. About 20 µs and no sync: it
     * survives the death of the process, not a power cut.
     */
    checkpoint(runId: string, offset: number, text: string, kind: 'text' | 'thinking'): void {
      db.light.run(insertCheckpoint, runId, kind, offset, text)
    },

    /**
     * Notes how far a tool call has come. That it waits for approval may be lost with the power; that one that has waited
     * waits no longer may not, or a crash would call something "not run" that ran: it is on disk when this returns.
     */
    noteCall(runId: string, toolCallId: string, details: ToolDetails, hasWaited: boolean): void {
      const values = [runId, 'call', 0, JSON.stringify({ toolCallId, details })] as const
      if (hasWaited) db.transaction(() => db.run(insertCheckpoint, ...values))
      else db.light.run(insertCheckpoint, ...values)
    },

    /** Stores the last message, the outcome and the session's counters together, on disk once `synced` resolves. Ending twice changes nothing. */
    endRun(runId: string, end: RunEnd): void {
      db.write(() => {
        const to = place(runId)
        if (!to?.isRunning) return
        const final = end.message && insertEntry(db, to, end.message)
        db.run(
          `UPDATE runs SET status = ?, ended_at = ?, final_seq = ?, error_message = ?, stop_reason = ? WHERE run_id = ?`,
          end.status,
          clock.now(),
          final?.id ?? null,
          end.errorMessage ?? null,
          end.stopReason ?? null,
          runId,
        )
        db.run('DELETE FROM checkpoints WHERE run_id = ?', runId)
        catalog.noteRunEnd(to.key, to.transcript, end)
      })
    },

    /** Runs that have not ended, oldest first. */
    openRuns(key?: string): RunRecord[] {
      const where = key === undefined ? '' : 'AND r.key = ?'
      return db
        .all(
          `SELECT ${runColumns} FROM runs r LEFT JOIN entries e ON e.seq = r.final_seq
           WHERE r.status = 'running' ${where} ORDER BY r.id`,
          ...(key === undefined ? [] : [key]),
        )
        .map(runFromRow)
    },
  }
}
