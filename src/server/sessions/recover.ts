/** After a crash: every run left open is closed on disk, with the words that had already arrived (DU5). */

import type { AssistantMessage, Message, ToolCallPart, ToolDetails } from '../../shared/model/message.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Database } from '../storage/database.ts'
import { type CallNote, interruptedResult, openCalls } from './history.ts'
import type { RunLog } from './runs.ts'

export type Recovery = {
  /** Runs that were under way when the last gateway died. */
  runs: { runId: string; key: string; keptCharacters: number; closedCalls: number }[]
  /** The calls of tools that were open in them, as they were closed. */
  calls: { runId: string; key: string; name: string; details: ToolDetails }[]
}

/** Runs kept for idempotency; older ones are forgotten at start (IN9). */
const maxRuns = 100_000

export function recoverRuns({ db, clock, log }: { db: Database; clock: Clock; log: RunLog }): Recovery {
  const closed: Recovery['calls'] = []
  const runs = log.openRuns().map(({ runId, key }) =>
    db.transaction(() => {
      const calls = openCalls(messagesOf(db, runId))
      const noted = notedOf(db, runId, calls)
      for (const [i, call] of calls.entries()) {
        const result = interruptedResult(call, clock.now(), noted[i])
        log.append({ runId, message: result })
        closed.push({ runId, key, name: call.name, details: result.details ?? {} })
      }
      const message = streamedMessage(db, runId, clock.now())
      log.endRun(runId, { status: 'interrupted', stopReason: 'interrupted', ...(message ? { message } : {}) })
      const keptCharacters = message?.content.reduce(
        (sum, part) => sum + (part.type === 'text' ? part.text.length : 0),
        0,
      )
      return { runId, key, keptCharacters: keptCharacters ?? 0, closedCalls: calls.length }
    }),
  )
  db.run('DELETE FROM checkpoints WHERE run_id NOT IN (SELECT run_id FROM runs WHERE status = ?)', 'running')
  db.run('DELETE FROM runs WHERE id <= (SELECT max(id) FROM runs) - ?', maxRuns)
  return { runs, calls: closed }
}

function messagesOf(db: Database, runId: string): Message[] {
  return db
    .all(
      `SELECT e.message FROM runs r JOIN entries e ON e.transcript = r.transcript AND e.turn = r.turn
       WHERE r.run_id = ? ORDER BY e.seq`,
      runId,
    )
    .map((row) => JSON.parse(String(row.message)) as Message)
}

/** What is known of each open call. They are made one by one, each stored before the next begins: only the first has begun. */
function notedOf(db: Database, runId: string, calls: readonly ToolCallPart[]): CallNote[] {
  const noted = new Map<unknown, CallNote>()
  for (const { text } of db.all("SELECT text FROM checkpoints WHERE run_id = ? AND kind = 'call' ORDER BY id", runId)) {
    const { toolCallId, details } = JSON.parse(String(text)) as { toolCallId: string; details: CallNote }
    noted.set(toolCallId, details)
  }
  return calls.map(({ id }, i) => (i === 0 ? (noted.get(id) ?? {}) : { phase: 'queued' }))
}

function streamedMessage(db: Database, runId: string, timestamp: number): AssistantMessage | undefined {
  const pieces = (kind: string): string =>
    db
      .all('SELECT text FROM checkpoints WHERE run_id = ? AND kind = ? ORDER BY position, id', runId, kind)
      .map((row) => String(row.text))
      .join('')
  const thinking = pieces('thinking')
  const text = pieces('text')
  if (thinking === '' && text === '') return undefined
  return {
    role: 'assistant',
    content: [
      ...(thinking === '' ? [] : [{ type: 'thinking' as const, thinking }]),
      ...(text === '' ? [] : [{ type: 'text' as const, text }]),
    ],
    stopReason: 'interrupted',
    timestamp,
  }
}
