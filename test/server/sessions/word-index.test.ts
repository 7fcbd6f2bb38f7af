import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSessions } from '../../../src/server/sessions/sessions.ts'
import { openDatabase } from '../../../src/server/storage/database.ts'
import { ManualClock } from '../../support/clock.ts'

const key = 'agent:main:main'

function open(path = ':memory:') {
  const db = openDatabase({ path })
  const sessions = openSessions({ db, clock: new ManualClock(), defaultAgentId: 'main' })
  const say = (content: string) => sessions.inject(key, { role: 'user', content, timestamp: 1 })
  const indexed = () => Number(db.get('SELECT count(*) AS n FROM entry_words')?.n)
  return { db, sessions, say, indexed }
}

test('words are indexed when asked to or looked for, each message once, empty ones not', () => {
  const { sessions, say, indexed } = open()
  say('a red apple')
  say('')
  expect(indexed()).toBe(0)
  sessions.indexWords()
  sessions.indexWords()
  expect(indexed()).toBe(1)
  for (let i = 0; i < 250; i++) say(`pear ${i}`)
  expect(sessions.search('pear', { limit: 1000 })).toHaveLength(250)
  expect(indexed()).toBe(251)
})

test('what the last gateway had not indexed when it died is found, and what a deleted session held is not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clawdbot-words-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'x.db')
  const before = open(path)
  before.say('indexed kiwi')
  before.sessions.indexWords()
  before.say('late kiwi')
  before.sessions.inject('agent:main:gone', { role: 'user', content: 'lost kiwi', timestamp: 1 })
  before.sessions.remove('agent:main:gone')
  before.db[Symbol.dispose]()
  const after = open(path)
  expect(after.sessions.search('kiwi').map(({ snippet }) => snippet.length)).toHaveLength(2)
  after.db[Symbol.dispose]()
})

test('on a full disk what is indexed is still found', () => {
  const { db, sessions, say } = open()
  say('the old plum')
  sessions.indexWords()
  say('the new plum')
  const { page_count: pages } = db.get('PRAGMA page_count') as { page_count: number }
  db.get(`PRAGMA max_page_count=${pages}`)
  let filler = 0
  expect(() => {
    for (;;) say(`fill ${filler++} ${'x'.repeat(2000)}`)
  }).toThrow('is full')
  expect(sessions.search('plum').length).toBeGreaterThanOrEqual(1)
})
