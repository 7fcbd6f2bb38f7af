/** The append-only log of a conversation: entries in, entries out, and what each new one changes beside it. */

import { type AssistantMessage, type Message, messageText, type Usage } from '../../shared/model/message.ts'
import { ellipsize } from '../../shared/std/text.ts'
import type { Database } from '../storage/database.ts'
import { estimateTokens } from './history.ts'
import { type Entry, entryFromRow } from './record.ts'

/** UTF-16 units (section 7.7). */
const titleLength = 60
const previewLength = 200

export type AppendTo = { key: string; transcript: number; turn?: number; runId?: string }

/** Inserts one message and its token use, and refreshes the session's row; its words are indexed later. Call in a transaction. */
export function insertEntry(db: Database, to: AppendTo, message: Message): Entry {
  const { lastId: id } = db.run(
    'INSERT INTO entries (transcript, turn, run_id, role, timestamp, tokens, message) VALUES (?, ?, ?, ?, ?, ?, ?)',
    to.transcript,
    to.turn ?? 0,
    to.runId ?? null,
    message.role,
    message.timestamp,
    estimateTokens(message),
    JSON.stringify(message),
  )
  if (to.turn === undefined) db.run('UPDATE entries SET turn = seq WHERE seq = ?', id)
  const text = messageText(message.content)
  touchSession(db, to, message, text)
  if (message.role === 'assistant' && message.usage) countUsage(db, message, message.usage)
  return { id, turn: to.turn ?? id, ...(to.runId === undefined ? {} : { runId: to.runId }), message }
}

/** A message of a run that began before a reset belongs to the old transcript and leaves the session's row alone. */
function touchSession(db: Database, to: AppendTo, message: Message, text: string): void {
  // A slash command says nothing about the conversation.
  const line = 'command' in message && message.command === true ? '' : oneLine(text)
  const preview = message.role === 'toolResult' || line === '' ? null : ellipsize(line, previewLength)
  const title = message.role === 'user' && line !== '' ? ellipsize(line, titleLength) : null
  db.run(
    `UPDATE sessions SET updated_at = ?, activity = ?, preview = coalesce(?, preview), title = coalesce(title, ?)
     WHERE key = ? AND transcript = ?`,
    message.timestamp,
    nextActivity(db),
    preview,
    title,
    to.key,
    to.transcript,
  )
}

function countUsage(db: Database, message: AssistantMessage, usage: Usage): void {
  db.run(
    `INSERT INTO usage_hours VALUES (?, ?, ?, ?, ?, ?, 1) ON CONFLICT (hour) DO UPDATE SET
       input = input + excluded.input, output = output + excluded.output, cache_read = cache_read + excluded.cache_read,
       cache_write = cache_write + excluded.cache_write, total = total + excluded.total, answers = answers + 1`,
    Math.floor(message.timestamp / 3_600_000),
    usage.input,
    usage.output,
    usage.cacheRead,
    usage.cacheWrite,
    usage.input + usage.output + usage.cacheRead + usage.cacheWrite,
  )
}

/** One more than the highest so far: an order that no clock can disturb. */
export function nextActivity(db: Database): number {
  return Number(db.get('SELECT coalesce(max(activity), 0) + 1 AS next FROM sessions')?.next)
}

/** White space, line ends included, becomes single spaces; only the beginning is looked at. */
export function oneLine(text: string): string {
  return text.slice(0, 2000).replace(/\s+/g, ' ').trim()
}

/** The last entries of a transcript in reading order, at most `limit` of them and at most `maxBytes` of JSON. */
export function lastEntries(db: Database, transcript: number, limit: number, maxBytes: number): Entry[] {
  const rows = db.all(
    `SELECT seq, turn, run_id, message FROM entries WHERE transcript = ? ORDER BY turn DESC, seq DESC LIMIT ?`,
    transcript,
    limit,
  )
  let bytes = 0
  const kept = rows.findIndex((row) => {
    bytes += Buffer.byteLength(String(row.message)) + 1
    return bytes > maxBytes
  })
  return rows
    .slice(0, kept === -1 ? rows.length : kept)
    .reverse()
    .map(entryFromRow)
}

/** Turns after `after` and not later than `until`, newest first, with their estimated tokens; at most the last 5,000. */
export function turnSizes(
  db: Database,
  transcript: number,
  after: number,
  until: number,
): { turn: number; tokens: number }[] {
  return db
    .all(
      `SELECT turn, sum(tokens) AS tokens FROM entries WHERE transcript = ? AND turn > ? AND turn <= ?
       GROUP BY turn ORDER BY turn DESC LIMIT 5000`,
      transcript,
      after,
      until,
    )
    .map((row) => ({ turn: Number(row.turn), tokens: Number(row.tokens) }))
}

/** Entries after turn `after` and not later than turn `until`, in reading order. */
export function entriesBetween(db: Database, transcript: number, after: number, until: number): Entry[] {
  return db
    .all(
      `SELECT seq, turn, run_id, message FROM entries WHERE transcript = ? AND turn > ? AND turn <= ?
       ORDER BY turn, seq`,
      transcript,
      after,
      until,
    )
    .map(entryFromRow)
}
