/** After a crash: every run left open is closed on disk, with the words that had already arrived (DU5). */

import type { AssistantMessage, Message } from '../../shared/model/message.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Database } from '../storage/database.ts'
import { interruptedResult, openCalls } from './history.ts'
import type { RunLog } from './runs.ts'

export type Recovery = {
  /** Runs that were under way when the last gateway died. */
  runs: { runId: string; key: string; keptCharacters: number; closedCalls: number }[]
}

/** Runs kept for idempotency; older ones are forgotten at start (IN9). */
const maxRuns = 100_000

export function recoverRuns({ db, clock, log }: { db: Database; clock: Clock; log: RunLog }): Recovery {
  const runs = log.openRuns().map(({ runId, key }) =>
    db.transaction(() => {
      const calls = openCalls(messagesOf(db, runId))
      for (const call of calls) log.append({ runId, message: interruptedResult(call, clock.now()) })
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
  return { runs }
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
