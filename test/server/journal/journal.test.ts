import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type JournalOptions, openJournal } from '../../../src/server/journal/journal.ts'
import { mountSmallDisk } from '../../support/small-disk.ts'

let dir = ''
let now = 0
const path = () => join(dir, 'audit.db')
const open = (options: Partial<JournalOptions> = {}) =>
  openJournal({ path: path(), clock: { now: () => ++now }, ...options })

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'clawdbot-journal-'))
  now = 0
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** Changes the file behind the journal's back. */
function tamper(sql: string): void {
  using db = new DatabaseSync(path())
  db.exec(sql)
}

test('a full disk is told as that, and not as what undoing met', () => {
  using disk = mountSmallDisk()
  if (!disk) return expect(process.getuid?.()).not.toBe(0) // only where mounting is not allowed
  const failures: unknown[] = []
  using journal = open({ path: join(disk.folder, 'audit.db'), onFailed: (error) => failures.push(error) })
  for (let i = 0; i < 2000 && failures.length === 0; i++) journal.note('exec.ran', { text: 'x'.repeat(3000) })
  expect(failures).toMatchObject([{ code: 'storage.full', message: expect.stringContaining('audit.db is full') }])
  disk.free()
  journal.note('auth.accepted')
  expect(failures).toHaveLength(1)
  expect(journal.check()).toMatchObject({ kind: 'whole' })
})

test('SE1: entries are numbered, kept in order, in a private file', () => {
  using journal = open()
  for (const what of ['auth.accepted', 'auth.refused', 'exec.ran']) journal.note(what, { from: '10.0.0.1' })
  expect(journal.read({ limit: 9 }).map(({ seq, at, what }) => [seq, at, what])).toEqual([
    [1, 1, 'auth.accepted'],
    [2, 2, 'auth.refused'],
    [3, 3, 'exec.ran'],
  ])
  expect(journal.read({ limit: 1, what: 'auth' })).toMatchObject([{ seq: 2, facts: { from: '10.0.0.1' } }])
  expect(journal.read({ limit: 9, what: 'aut' })).toEqual([])
  expect(journal.read({ limit: 9, sinceMs: 3 })).toHaveLength(1)
  for (const file of [path(), `${path()}-wal`]) expect(statSync(file).mode & 0o777).toBe(0o600)
})

test.each([
  ['a changed fact', `UPDATE journal SET facts = '{"n":9}' WHERE seq = 3`, 3],
  ['a changed time', 'UPDATE journal SET at = 1 WHERE seq = 4', 4],
  ['a changed kind', `UPDATE journal SET what = 'auth.accepted' WHERE seq = 2`, 2],
  ['a removed entry', 'DELETE FROM journal WHERE seq = 3', 3],
  ['a removed beginning', 'DELETE FROM journal WHERE seq < 3', 1],
  [
    'two exchanged entries',
    'UPDATE journal SET seq = 99 WHERE seq = 2; UPDATE journal SET seq = 2 WHERE seq = 3; UPDATE journal SET seq = 3 WHERE seq = 99',
    2,
  ],
  ['a forged hash', `UPDATE journal SET hash = '${'a'.repeat(64)}' WHERE seq = 5`, 5],
])('OP7: %s shows', (_what, sql, seq) => {
  {
    using journal = open()
    for (let n = 1; n <= 6; n++) journal.note('exec.ran', { n })
    expect(journal.check()).toMatchObject({ kind: 'whole', entries: 6 })
  }
  tamper(sql)
  using again = open()
  expect(again.check()).toMatchObject({ kind: 'broken', seq })
})

test('OP10: the oldest entries are let go, and the rest is still a whole chain', () => {
  using journal = open({ limit: 100 })
  for (let n = 1; n <= 250; n++) journal.note('exec.ran', { n })
  expect(journal.check()).toMatchObject({ kind: 'whole' })
  const kept = journal.read({ limit: 1000 })
  expect(kept.length).toBeLessThanOrEqual(100)
  expect(kept.at(-1)?.seq).toBe(250)
})

test('SE4: secrets are taken out, and a long text is cut with its length', () => {
  using journal = open({ redact: (text) => text.replaceAll('hunter2', '[secret]') })
  journal.note('exec.ran', { command: `login hunter2 ${'x'.repeat(9000)}`, nested: { token: 'hunter2' } })
  const text = JSON.stringify(journal.read({ limit: 1 }))
  expect(text).not.toContain('hunter2')
  expect(text).toContain('(9014 characters)'.replace('9014', String('login [secret] '.length + 9000)))
})

test('an entry that cannot be written is reported and stops nobody; a damaged file is never replaced', () => {
  const failures: unknown[] = []
  const journal = open({ onFailed: (error) => failures.push(error) })
  journal[Symbol.dispose]()
  journal.note('exec.ran')
  expect(failures).toHaveLength(1)
  writeFileSync(path(), 'not a database, but evidence'.repeat(100))
  expect(() => open()).toThrow(expect.objectContaining({ code: 'state.damaged' }))
})
