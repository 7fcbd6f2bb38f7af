/**
 * The journal: who got in, who was refused, what was paired, approved, run and changed (OP7). Append-only and chained by
 * hashes. In a small database of its own, so that a line command can add to it while a gateway runs.
 */

import { chmodSync, closeSync, existsSync, openSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../shared/fault.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { parseJson } from '../../shared/std/json.ts'
import { databaseFault } from '../storage/database-fault.ts'
import { loadSqlite } from '../storage/sqlite.ts'
import { type ChainCheck, checkChain, genesis, hashOf, type JournalEntry, type StoredEntry } from './chain.ts'

/** Most entries kept; when there are more, the oldest tenth is let go and the chain remembers where it then begins (OP10). */
export const journalLimit = 200_000
/** Longest text of one fact, characters. */
const factLimit = 4_000

export type Journal = Disposable & {
  /** Adds an entry. It survives the death of the process at once, the power's within a second. */
  note(what: string, facts?: Readonly<Record<string, unknown>>): void
  /** Newest last. */
  read(query: JournalQuery): JournalEntry[]
  check(): ChainCheck
}

export type JournalQuery = {
  readonly limit: number
  /** `auth` finds `auth.refused` and `auth.accepted`. */
  readonly what?: string | undefined
  readonly sinceMs?: number | undefined
}

export type JournalOptions = {
  readonly path: string
  readonly clock: Pick<Clock, 'now'>
  /** Takes secrets out of texts. */
  readonly redact?: (text: string) => string
  /** Told when an entry could not be written; without it `note` throws. */
  readonly onFailed?: (error: unknown) => void
  readonly limit?: number
}

const schema = `
  CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, what TEXT NOT NULL, facts TEXT NOT NULL, hash TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS origin (seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
`

/** Throws `storage.full`, and `state.damaged` for a file SQLite cannot trust: it is evidence, and is never replaced by itself. */
export function openJournal(options: JournalOptions): Journal {
  const { path, clock, redact = (text) => text, limit = journalLimit } = options
  const db = open(path)
  const last = db.prepare('SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1')
  const insert = db.prepare('INSERT INTO journal VALUES (?, ?, ?, ?, ?)')
  const origin = () => originIn(db)

  const append = (what: string, facts: Readonly<Record<string, unknown>>): number => {
    const { seq, hash } = (last.get() ?? origin()) as Place
    const entry = { seq: seq + 1, at: clock.now(), what, factsText: factsText(facts, redact) }
    insert.run(entry.seq, entry.at, what, entry.factsText, hashOf(hash, entry))
    return entry.seq
  }

  /** One transaction: the chain needs the last entry of whoever writes. */
  const commit = (what: string, facts: Readonly<Record<string, unknown>>) => {
    try {
      db.exec('BEGIN IMMEDIATE')
      const seq = append(what, facts)
      if (seq - origin().seq > limit) letGo(db, seq - Math.floor(limit * 0.9))
      db.exec('COMMIT')
    } catch (error) {
      // SQLite has already rolled back after some failures, a full disk among them.
      if (db.isTransaction) db.exec('ROLLBACK')
      throw databaseFault(error, path)
    }
  }

  return {
    note(what, facts = {}) {
      try {
        commit(what, facts)
      } catch (error) {
        if (!options.onFailed) throw error
        options.onFailed(error)
      }
    },
    read({ limit: most, what, sinceMs }) {
      const rows = db
        .prepare(
          `SELECT * FROM journal WHERE at >= ? AND (? IS NULL OR what = ? OR what LIKE ? || '.%' ESCAPE '\\')
           ORDER BY seq DESC LIMIT ?`,
        )
        .all(sinceMs ?? 0, what ?? null, what ?? null, escapeLike(what ?? ''), most)
      return rows.reverse().map((row) => {
        const { factsText: text, ...entry } = stored(row)
        const parsed = parseJson(text)
        return { ...entry, facts: (parsed.ok ? parsed.value : { unreadable: text }) as JournalEntry['facts'] }
      })
    },
    check: () => checkStored(db),
    [Symbol.dispose]() {
      if (db.isOpen) db.close()
    },
  }
}

type Place = { readonly seq: number; readonly hash: string }

/** The chain of a journal somebody else has opened, for those who only look. */
export function checkStored(db: DatabaseSync): ChainCheck {
  return checkChain(each(db), originIn(db))
}

function originIn(db: DatabaseSync): Place {
  return (db.prepare('SELECT seq, hash FROM origin').get() ?? { seq: 0, hash: genesis }) as Place
}

function open(path: string): DatabaseSync {
  const { DatabaseSync } = loadSqlite()
  if (existsSync(path)) chmodSync(path, 0o600)
  else closeSync(openSync(path, 'wx', 0o600))
  const db = new DatabaseSync(path)
  try {
    db.exec('PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-256')
    db.exec(schema)
    return db
  } catch (error) {
    db.close()
    const fault = databaseFault(error, path)
    throw fault instanceof Fault && fault.code === 'storage.full' ? fault : unreadableJournal(path, error)
  }
}

export function unreadableJournal(path: string, cause: unknown): Fault {
  return new Fault('state.damaged', `The audit log ${path} cannot be read`, {
    remedy:
      'Nothing was done. Keep the file for whoever looks into it: move it away, then try again; a new log is begun.',
    cause,
  })
}

function letGo(db: DatabaseSync, upTo: number): void {
  const { hash } = db.prepare('SELECT hash FROM journal WHERE seq = ?').get(upTo) as { hash: string }
  db.exec('DELETE FROM origin')
  db.prepare('INSERT INTO origin VALUES (?, ?)').run(upTo, hash)
  db.prepare('DELETE FROM journal WHERE seq <= ?').run(upTo)
}

function* each(db: DatabaseSync): Iterable<StoredEntry> {
  for (const row of db.prepare('SELECT * FROM journal ORDER BY seq').iterate()) yield stored(row)
}

function stored(row: Record<string, unknown>): StoredEntry {
  const { seq, at, what, facts, hash } = row as { seq: number; at: number; what: string; facts: string; hash: string }
  return { seq, at, what, factsText: facts, hash }
}

function factsText(facts: Readonly<Record<string, unknown>>, redact: (text: string) => string): string {
  return JSON.stringify(facts, (_key, value: unknown) => (typeof value === 'string' ? cut(redact(value)) : value))
}

function cut(text: string): string {
  return text.length <= factLimit ? text : `${text.slice(0, factLimit)}… (${text.length} characters)`
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
