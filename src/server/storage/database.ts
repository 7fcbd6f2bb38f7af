/** The one SQLite file: opened safely, written durably, its failures told in words. */

import { chmodSync, closeSync, existsSync, openSync } from 'node:fs'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { Fault } from '../../shared/fault.ts'
import { keepDamaged } from './damaged.ts'
import { databaseFault } from './database-fault.ts'
import { migrate } from './migrations/migrate.ts'
import { loadSqlite } from './sqlite.ts'
import { openWalSync } from './wal-sync.ts'

export type Row = Record<string, string | number | bigint | Uint8Array | null>

/** Both run one prepared statement (cached by its text) and throw a `Fault` for a full disk or a damaged file. */
type Statements = {
  run(sql: string, ...values: SQLInputValue[]): { changes: number; lastId: number }
  get(sql: string, ...values: SQLInputValue[]): Row | undefined
  all(sql: string, ...values: SQLInputValue[]): Row[]
}

export type Database = Statements &
  Disposable & {
    readonly path: string
    /** Commits when `body` returns, undoes everything when it throws. The commit is on disk when this returns. Nests. */
    transaction<T>(body: () => T): T
    /**
     * As `transaction`, but what it commits survives only the death of the process until `synced` has resolved: a sync
     * takes milliseconds, in which the program would stand still. Inside a transaction it is part of that.
     */
    write<T>(body: () => T): T
    /** Resolves when everything committed before is on disk; only then may it be acknowledged (DU1). */
    synced(): Promise<void>
    /**
     * A second connection whose commits survive the death of the process but may be lost with the power
     * (`synchronous=NORMAL`): for text being streamed, where a sync per piece would cost milliseconds.
     */
    readonly light: Statements
  }

export type DatabaseOptions = {
  /** File path, or `:memory:` (then `light` is the same connection). */
  path: string
  /** Told when a damaged file was set aside and a new one begun. */
  onDamaged?: (report: { copy: string; reason: string }) => void
  /** For tests of a full disk: most pages the file may have. */
  maxPages?: number
}

const common = ['PRAGMA foreign_keys=ON', 'PRAGMA busy_timeout=5000', 'PRAGMA journal_mode=WAL']

/** Opens or creates the file 0600, checks it, and brings its schema up to date. */
export function openDatabase(options: DatabaseOptions): Database {
  if (options.path !== ':memory:') {
    if (existsSync(options.path)) {
      // It may have come back from a backup.
      chmodSync(options.path, 0o600)
      setAsideIfDamaged(options)
    }
    // Created by us, so that SQLite gives the WAL and shared memory the same private mode.
    else closeSync(openSync(options.path, 'wx', 0o600))
  }
  const main = connect(options, 'FULL')
  try {
    migrate(main)
  } catch (error) {
    main.close()
    throw databaseFault(error, options.path)
  }
  const light = options.path === ':memory:' ? main : connect(options, 'NORMAL')
  return assemble(options.path, main, light)
}

function assemble(path: string, main: DatabaseSync, light: DatabaseSync): Database {
  const statements = prepareOn(main, path)
  const wal = openWalSync({ path: `${path}-wal`, checkpoint: () => checkpoint(main) })
  const isOnDisk = path !== ':memory:'
  return {
    path,
    ...statements,
    light: light === main ? statements : prepareOn(light, path),
    transaction: (body) => transaction(main, path, body),
    write(body) {
      if (main.isTransaction) return body()
      main.exec('PRAGMA synchronous=NORMAL')
      try {
        return transaction(main, path, body)
      } finally {
        main.exec('PRAGMA synchronous=FULL')
        if (isOnDisk) wal.wrote()
      }
    },
    synced: () => wal.synced(),
    [Symbol.dispose]() {
      wal[Symbol.dispose]()
      if (light.isOpen && light !== main) light.close()
      if (main.isOpen) main.close()
    },
  }
}

function connect(options: DatabaseOptions, synchronous: 'FULL' | 'NORMAL'): DatabaseSync {
  const { DatabaseSync } = loadSqlite()
  const db = new DatabaseSync(options.path)
  try {
    for (const pragma of common) db.exec(pragma)
    db.exec(`PRAGMA synchronous=${synchronous}`)
    // On macOS a plain fsync does not reach the platter (DU2).
    if (process.platform === 'darwin') db.exec('PRAGMA fullfsync=ON; PRAGMA checkpoint_fullfsync=ON')
    if (options.maxPages !== undefined) db.exec(`PRAGMA max_page_count=${options.maxPages}`)
    return db
  } catch (error) {
    db.close()
    throw databaseFault(error, options.path)
  }
}

/** DU4: a file SQLite cannot trust is copied beside itself and reported; a new one is begun in its place. */
function setAsideIfDamaged(options: DatabaseOptions): void {
  const reason = damage(options.path)
  if (reason === undefined) return
  const copy = keepDamaged(options.path)
  closeSync(openSync(options.path, 'wx', 0o600))
  options.onDamaged?.({ copy, reason })
}

function damage(path: string): string | undefined {
  const { DatabaseSync } = loadSqlite()
  try {
    using db = new DatabaseSync(path)
    // Cheap at any size: the header, the schema and the root of each table. A full check of 1 GB would take seconds.
    db.exec('PRAGMA busy_timeout=5000')
    for (const row of db
      .prepare("SELECT name FROM sqlite_master WHERE type='table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
      .all()) {
      db.prepare(`SELECT * FROM "${String(row.name)}" LIMIT 1`).all()
    }
    return undefined
  } catch (error) {
    const fault = databaseFault(error, path)
    if (fault instanceof Fault && fault.code === 'state.damaged') return (error as Error).message
    throw fault
  }
}

function prepareOn(db: DatabaseSync, path: string): Statements {
  const cache = new Map<string, StatementSync>()
  const prepared = (sql: string): StatementSync => {
    let statement = cache.get(sql)
    if (!statement) {
      statement = db.prepare(sql)
      cache.set(sql, statement)
    }
    return statement
  }
  const guarded = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw databaseFault(error, path)
    }
  }
  return {
    run: (sql, ...values) =>
      guarded(() => {
        const { changes, lastInsertRowid } = prepared(sql).run(...values)
        return { changes: Number(changes), lastId: Number(lastInsertRowid) }
      }),
    get: (sql, ...values) => guarded(() => prepared(sql).get(...values) as Row | undefined),
    all: (sql, ...values) => guarded(() => prepared(sql).all(...values) as Row[]),
  }
}

function transaction<T>(db: DatabaseSync, path: string, body: () => T): T {
  if (db.isTransaction) return body()
  try {
    db.exec('BEGIN IMMEDIATE')
    const result = body()
    db.exec('COMMIT')
    return result
  } catch (error) {
    // SQLite has already rolled back after some failures, a full disk among them.
    if (db.isTransaction) db.exec('ROLLBACK')
    throw databaseFault(error, path)
  }
}

function checkpoint(db: DatabaseSync): void {
  const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }
  if (busy !== 0) throw new Error('the log could not be copied into the database')
}
