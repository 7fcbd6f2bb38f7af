/** Brings a database to the newest schema: numbered steps, forward only, each in its own transaction. */

import type { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../../shared/fault.ts'
import { type Migration, migrations } from './table.ts'

/** Runs what is missing. A database from a newer release is refused untouched with `state.damaged`. */
export function migrate(db: DatabaseSync, steps: readonly Migration[] = migrations): void {
  db.exec(
    'CREATE TABLE IF NOT EXISTS migrations (id INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)',
  )
  const last = Number(db.prepare('SELECT coalesce(max(id), 0) AS id FROM migrations').get()?.id ?? 0)
  const newest = steps.at(-1)?.id ?? 0
  if (last > newest) {
    throw new Fault('state.damaged', `The database has schema ${last}, this version knows ${newest}`, {
      remedy: 'Run the newer Clawdbot that wrote it, or point CLAWDBOT_STATE_DIR to another folder.',
    })
  }
  for (const migration of steps) {
    if (migration.id <= last) continue
    db.exec('BEGIN IMMEDIATE')
    try {
      db.exec(migration.sql)
      db.prepare("INSERT INTO migrations VALUES (?, ?, datetime('now'))").run(migration.id, migration.name)
      db.exec('COMMIT')
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }
}
