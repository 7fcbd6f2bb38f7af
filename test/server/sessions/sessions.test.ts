import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSessions } from '../../../src/server/sessions/sessions.ts'
import { openDatabase } from '../../../src/server/storage/database.ts'
import type { AssistantMessage, UserMessage } from '../../../src/shared/model/message.ts'
import { ManualClock } from '../../support/clock.ts'

const main = 'agent:main:main'
const user = (content: string, timestamp = 1): UserMessage => ({ role: 'user', content, timestamp })
const answer = (text: string, more: Partial<AssistantMessage> = {}): AssistantMessage => ({
  role: 'assistant',
  content: [{ type: 'text', text }],
  timestamp: 2,
  stopReason: 'stop',
  ...more,
})

function store(path = ':memory:', options: Partial<Parameters<typeof openSessions>[0]> = {}) {
  const clock = new ManualClock()
  const db = openDatabase({ path })
  const sessions = openSessions({ db, clock, defaultAgentId: 'main', ...options })
  const begin = (runId: string, text: string, key = main) =>
    sessions.beginRun({ runId, key, echoKey: key, agentId: 'main', source: 'chat', message: user(text) })
  return { db, clock, sessions, begin }
}

test('a message begins a run once; the same run id again is the run already known', () => {
  const { sessions, begin } = store()
  expect(begin('r1', 'hello').kind).toBe('new')
  expect(begin('r1', 'hello')).toMatchObject({ kind: 'known', run: { runId: 'r1', status: 'running' } })
  sessions.endRun('r1', { status: 'ok', message: answer('hi'), stopReason: 'stop' })
  expect(begin('r1', 'hello')).toMatchObject({ kind: 'known', run: { status: 'ok', message: answer('hi') } })
  expect(sessions.history(main).messages).toEqual([user('hello'), answer('hi')])
})

test('a message that waits behind a run is read after the reply it waited for, by people and by the model', () => {
  const { sessions, begin } = store()
  begin('r1', 'first')
  begin('r2', 'second')
  expect(sessions.modelHistory(main)).toEqual([user('first')])
  sessions.endRun('r1', { status: 'ok', message: answer('one') })
  expect(sessions.modelHistory(main)).toEqual([user('first'), answer('one'), user('second')])
  expect(sessions.history(main).messages).toEqual([user('first'), answer('one'), user('second')])
})

test('DU5: a run cut off in mid-answer keeps its words marked interrupted, and its open tool call is closed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sessions-'))
  const path = join(folder, 'x.db')
  const before = store(path)
  before.begin('r1', 'do it')
  const call = { type: 'toolCall' as const, id: 'c1', name: 'exec', arguments: { command: 'uptime' } }
  before.sessions.append({ runId: 'r1', message: { role: 'assistant', content: [call], timestamp: 3 } })
  before.begin('r2', 'and talk')
  before.sessions.checkpoint('r2', 0, 'so ', 'text')
  before.sessions.checkpoint('r2', 3, 'far', 'text')
  before.sessions.checkpoint('r2', 0, 'hm', 'thinking')
  before.db[Symbol.dispose]()

  const after = store(path)
  expect(after.sessions.recover().runs).toEqual([
    { runId: 'r1', key: main, keptCharacters: 0, closedCalls: 1 },
    { runId: 'r2', key: main, keptCharacters: 6, closedCalls: 0 },
  ])
  expect(after.sessions.recover().runs).toEqual([])
  expect(after.sessions.run('r1')).toMatchObject({ status: 'interrupted' })
  const history = after.sessions.modelHistory(main)
  expect(history.map((message) => message.role)).toEqual(['user', 'assistant', 'toolResult', 'user', 'assistant'])
  expect(history[2]).toMatchObject({ toolCallId: 'c1', isError: true, details: { status: 'interrupted' } })
  expect(history[4]).toMatchObject({
    stopReason: 'interrupted',
    content: [
      { type: 'thinking', thinking: 'hm' },
      { type: 'text', text: 'so far' },
    ],
  })
  after.db[Symbol.dispose]()
  rmSync(folder, { recursive: true })
})
