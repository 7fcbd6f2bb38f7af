import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type JournalOptions, openJournal } from '../../../src/server/journal/journal.ts'

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

test('OP7: several programs write into one chain', async () => {
  const program = join(dir, 'writer.mjs')
  const module = new URL('../../../src/server/journal/journal.ts', import.meta.url).href
  writeFileSync(
    program,
    `import { openJournal } from ${JSON.stringify(module)}
     const journal = openJournal({ path: process.argv[2], clock: { now: Date.now } })
     for (let n = 0; n < 50; n++) journal.note('exec.ran', { pid: process.pid, n })`,
  )
  using journal = open()
  journal.note('gateway.started')
  const writers = [1, 2, 3].map(
    () =>
      new Promise<number | null>((resolve) => {
        const child = spawn(process.execPath, [program, path()], { stdio: 'ignore' })
        child.on('exit', resolve)
      }),
  )
  expect(await Promise.all(writers)).toEqual([0, 0, 0])
  expect(journal.check()).toMatchObject({ kind: 'whole', entries: 151 })
})

test('OP7: an entry survives kill -9 right after it was written', () => {
  const module = new URL('../../../src/server/journal/journal.ts', import.meta.url).href
  const code = `import { openJournal } from ${JSON.stringify(module)}
    openJournal({ path: process.argv[1], clock: { now: Date.now } }).note('exec.ran', { n: 1 })
    process.kill(process.pid, 'SIGKILL')`
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', code, path()])
  expect(signal).toBe('SIGKILL')
  using journal = open()
  expect(journal.read({ limit: 9 })).toMatchObject([{ seq: 1, what: 'exec.ran' }])
})
