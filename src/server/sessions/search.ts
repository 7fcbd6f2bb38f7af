/** Full-text search over every message ever stored, best first. */

import { type Message, messageText } from '../../shared/model/message.ts'
import type { Database } from '../storage/database.ts'
import { searchQuery } from './search-text.ts'

/** In `snippet` each match lies between U+0002 and U+0003. */
export type SearchHit = {
  key: string
  sessionId: string
  entryId: number
  role: string
  snippet: string
  timestamp: number
}

/** UTF-16 units of text shown around the first match. */
const snippetLength = 160

export function searchEntries(
  db: Database,
  query: string,
  { limit = 50, key }: { limit?: number; key?: string } = {},
): SearchHit[] {
  const match = searchQuery(query)
  if (match === undefined) return []
  const rows = db.all(
    `SELECT e.seq, e.role, e.timestamp, e.message, t.key, t.session_id
     FROM entry_words JOIN entries e ON e.seq = entry_words.rowid JOIN transcripts t ON t.id = e.transcript
     WHERE entry_words MATCH ? ${key === undefined ? '' : 'AND t.key = ?'} ORDER BY rank, e.seq DESC LIMIT ?`,
    match,
    ...(key === undefined ? [] : [key]),
    limit,
  )
  return rows.map((row) => ({
    key: String(row.key),
    sessionId: String(row.session_id),
    entryId: Number(row.seq),
    role: String(row.role),
    snippet: snippet(messageText((JSON.parse(String(row.message)) as Message).content), query),
    timestamp: Number(row.timestamp),
  }))
}

/** The text around the first word of `query`, with every occurrence of its words marked. */
function snippet(text: string, query: string): string {
  const words = query.match(/[\p{L}\p{N}_]+/gu) ?? []
  const pattern = new RegExp(words.toSorted((a, b) => b.length - a.length).join('|'), 'giu')
  const first = Math.max(0, text.search(pattern))
  const start = Math.max(0, first - snippetLength / 4)
  const cut = text.slice(start, start + snippetLength).replace(/[\s\p{Cc}]+/gu, ' ')
  const marked = cut.replace(pattern, (word) => `\u0002${word}\u0003`)
  return `${start > 0 ? '…' : ''}${marked}${start + snippetLength < text.length ? '…' : ''}`
}
