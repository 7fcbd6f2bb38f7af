import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../../src/server/storage/database.ts'
import { migrate } from '../../../src/server/storage/migrations/migrate.ts'
import { usePrivateUmask } from '../../../src/server/storage/private-files.ts'
import { loadSqlite } from '../../../src/server/storage/sqlite.ts'
import { Fault } from '../../../src/shared/fault.ts'
import { mountSmallDisk } from '../../support/small-disk.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'database-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const insert = (db: Database, text: string) =>
  db.run("INSERT INTO transcripts (session_id, key, started_at) VALUES (?, 'k', 0)", text)
const count = (db: Database) => Number(db.get('SELECT count(*) AS n FROM transcripts')?.n)

/** Inserts until it fails; the fault, and how many went in. */
function fill(db: Database): { stored: number; fault: unknown } {
  for (let stored = 0; ; stored++) {
    try {
      insert(db, `${stored}-${'x'.repeat(4000)}`)
    } catch (fault) {
      return { stored, fault }
    }
  }
}

test('DU2: WAL, full sync and foreign keys are on; streamed text goes through a connection that does not sync', () => {
  using db = openDatabase({ path: join(folder, 'x.db') })
  const pragma = (name: string, on: Pick<Database, 'get'> = db) => Object.values(on.get(`PRAGMA ${name}`) ?? {})[0]
  expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys')]).toEqual(['wal', 2, 1])
  expect(pragma('synchronous', db.light)).toBe(1)
})

test('DU2: a commit that is only written leaves the full sync on for the next one, and is part of one around it', async () => {
  using db = openDatabase({ path: join(folder, 'x.db') })
  const level = () => db.get('PRAGMA synchronous')?.synchronous
  const within = db.write(() => {
    insert(db, 'a')
    return level()
  })
  expect([within, level(), count(db)]).toEqual([1, 2, 1])
  await db.synced()
  expect(() =>
    db.write(() => {
      insert(db, 'b')
      throw new Error('no')
    }),
  ).toThrow('no')
  db.transaction(() => db.write(() => insert(db, 'c')))
  expect([level(), count(db)]).toEqual([2, 2])
})

test('a transaction that throws leaves nothing; one inside another is part of it', () => {
  using db = openDatabase({ path: ':memory:' })
  expect(() =>
    db.transaction(() => {
      insert(db, 'a')
      db.transaction(() => insert(db, 'b'))
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(count(db)).toBe(0)
})

test('DU3: a full disk is an explicit fault, reads go on, and writes work again as soon as there is room', () => {
  using disk = mountSmallDisk()
  using db = openDatabase({ path: join(disk?.folder ?? folder, 'x.db'), ...(disk ? {} : { maxPages: 300 }) })
  const { stored, fault } = fill(db)
  expect(stored).toBeGreaterThan(20)
  expect(fault).toBeInstanceOf(Fault)
  expect(fault).toMatchObject({ code: 'storage.full', retryable: true })
  expect(count(db)).toBe(stored)
  if (disk) disk.free()
  else db.get('PRAGMA max_page_count=100000')
  insert(db, 'after')
  expect(count(db)).toBe(stored + 1)
  expect(db.get('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' })
})

test.each([
  ['flipped bytes in the header', (path: string) => corrupt(path, 0)],
  ['flipped bytes in the schema', (path: string) => corrupt(path, 110)],
  ['a cut head', (path: string) => writeFileSync(path, readFileSync(path).subarray(5000))],
  ['a cut tail', (path: string) => truncateSync(path, 6000)],
  [
    'something else entirely',
    (path: string) => writeFileSync(path, 'not a database, but somebody wrote it'.repeat(50)),
  ],
])('DU4: %s: the damaged file is kept whole under another name and reported', (_, harm) => {
  const path = join(folder, 'x.db')
  const before = openDatabase({ path })
  insert(before, 'a')
  before[Symbol.dispose]()
  harm(path)
  const damaged = readFileSync(path)
  const reports: string[] = []
  using db = openDatabase({ path, onDamaged: ({ copy }) => reports.push(copy) })
  expect(reports).toEqual([`${path}.damaged-1`])
  expect(readFileSync(`${path}.damaged-1`).equals(damaged)).toBe(true)
  insert(db, 'new')
  expect(count(db)).toBe(1)
})

function corrupt(path: string, at: number): void {
  const bytes = readFileSync(path)
  for (let i = at; i < at + 400; i++) bytes[i] = (bytes[i] ?? 0) ^ 0x5a
  writeFileSync(path, bytes)
}

test('migrations run once each, and a database of a newer release is refused untouched', () => {
  const path = join(folder, 'x.db')
  const first = openDatabase({ path })
  insert(first, 'kept')
  first[Symbol.dispose]()
  const again = openDatabase({ path })
  expect(count(again)).toBe(1)
  again.run("INSERT INTO migrations VALUES (999, 'future', '')")
  again[Symbol.dispose]()
  expect(() => openDatabase({ path })).toThrow('has schema 999')
  expect(readdirSync(folder)).toEqual(['x.db'])
})

test('OP1: a migration that fails leaves everything as it was, and the next release can go on from there', () => {
  const { DatabaseSync } = loadSqlite()
  using db = new DatabaseSync(':memory:')
  const step = (id: number, sql: string) => ({ id, name: `step ${id}`, sql })
  const first = step(1, 'CREATE TABLE a (x)')
  const broken = step(2, 'CREATE TABLE b (x); INSERT INTO nowhere VALUES (1)')
  const tables = () =>
    db
      .prepare("SELECT name FROM sqlite_master WHERE name <> 'migrations'")
      .all()
      .map(({ name }) => name)
  expect(() => migrate(db, [first, broken])).toThrow('nowhere')
  expect(tables()).toEqual(['a'])
  migrate(db, [first, step(2, 'CREATE TABLE b (x)'), step(3, 'CREATE TABLE c (x)')])
  expect(tables()).toEqual(['a', 'b', 'c'])
})

test('SE1: database, WAL and shared memory are private from the first byte', () => {
  const before = process.umask(0)
  try {
    using db = openDatabase({ path: join(folder, 'x.db') })
    insert(db, 'a')
    const modes = readdirSync(folder).map(
      (name) => `${name} ${(statSync(join(folder, name)).mode & 0o777).toString(8)}`,
    )
    expect(modes).toEqual(['x.db 600', 'x.db-shm 600', 'x.db-wal 600'])
    usePrivateUmask()
    expect(process.umask()).toBe(0o077)
  } finally {
    process.umask(before)
  }
})
