import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSessions } from '../../../src/server/sessions/sessions.ts'
import { openDatabase } from '../../../src/server/storage/database.ts'
import type { AssistantMessage, Message, Usage, UserMessage } from '../../../src/shared/model/message.ts'
import { agentIdOf } from '../../../src/shared/session-key.ts'
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

const usage = (input: number, output: number): Usage => ({
  input,
  output,
  cacheRead: 0,
  cacheWrite: 0,
  totalTokens: input + output,
})

function store(path = ':memory:', options: Partial<Parameters<typeof openSessions>[0]> = {}) {
  const clock = new ManualClock()
  const db = openDatabase({ path })
  const sessions = openSessions({ db, clock, defaultAgentId: 'main', ...options })
  const begin = (runId: string, text: string, key = main) =>
    sessions.beginRun({ runId, key, echoKey: key, agentId: agentIdOf(key), source: 'chat', message: user(text) })
  return { db, clock, sessions, begin }
}

/** As history tells it: with the run it belongs to. */
const of = (runId: string, message: Message) => ({ ...message, runId })

test('a message begins a run once; the same run id again is the run already known', () => {
  const { sessions, begin } = store()
  expect(begin('r1', 'hello').kind).toBe('new')
  expect(begin('r1', 'hello')).toMatchObject({ kind: 'known', run: { runId: 'r1', status: 'running' } })
  sessions.endRun('r1', { status: 'ok', message: answer('hi'), stopReason: 'stop' })
  expect(begin('r1', 'hello')).toMatchObject({ kind: 'known', run: { status: 'ok', message: answer('hi') } })
  expect(sessions.history(main).messages).toEqual([of('r1', user('hello')), of('r1', answer('hi'))])
})

test('a message that waits behind a run is read after the reply it waited for, by people and by the model', () => {
  const { sessions, begin } = store()
  begin('r1', 'first')
  begin('r2', 'second')
  expect(sessions.modelHistory(main)).toEqual([user('first')])
  sessions.endRun('r1', { status: 'ok', message: answer('one') })
  expect(sessions.modelHistory(main)).toEqual([user('first'), answer('one'), user('second')])
  expect(sessions.history(main).messages).toEqual([
    of('r1', user('first')),
    of('r1', answer('one')),
    of('r2', user('second')),
  ])
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

test('DU5: a call is said to have been not run only when that is sure, where it was to run is kept, and the model reads the same', () => {
  const { sessions, begin } = store()
  const call = (id: string) => ({ type: 'toolCall' as const, id, name: 'exec', arguments: {} })
  const details = { where: 'gateway vps-1', command: 'uptime', cwd: '/desk' }
  const runs: [string, ...('approval' | 'running' | undefined)[]][] = [
    ['r1'],
    ['r2', 'approval'],
    ['r3', 'approval', 'running'],
  ]
  for (const [runId, ...phases] of [...runs, ['r4', 'approval', undefined] as const]) {
    begin(runId, 'go', `agent:main:${runId}`)
    sessions.append({ runId, message: { role: 'assistant', content: [call('a'), call('b')], timestamp: 2 } })
    for (const [i, phase] of phases.entries())
      sessions.noteCall(runId, 'a', { ...details, ...(phase && { phase }) }, phases[i - 1] === 'approval')
  }
  const { calls } = sessions.recover()
  expect(calls.filter(({ details }) => details.didRun !== false).map(({ runId }) => runId)).toEqual(['r1', 'r3', 'r4'])
  const told = (runId: string) =>
    sessions.modelHistory(`agent:main:${runId}`).flatMap((message) => (message.role === 'toolResult' ? [message] : []))
  const unknown = 'Interrupted: the gateway stopped before this finished. It may have run in part.'
  const waited = 'It was not run: the gateway stopped while it waited for approval.'
  const queued = 'It was not run: the gateway stopped before its turn came.'
  const kept = { ...details, status: 'interrupted' }
  for (const [runId, words, facts] of [
    ['r1', unknown, { status: 'interrupted' }],
    ['r2', waited, { ...kept, didRun: false }],
    ['r3', unknown, kept],
    ['r4', unknown, kept],
  ] as const) {
    const [first, second] = told(runId)
    expect([runId, first?.content, first?.details]).toEqual([runId, [{ type: 'text', text: words }], facts])
    expect(second).toMatchObject({ toolCallId: 'b', content: [{ text: queued }], details: { status: 'interrupted' } })
  }
})

test('DU5: whichever step a run died at, its history is closed and the next turn works', () => {
  const call = (id: string) => ({ type: 'toolCall' as const, id, name: 'exec', arguments: {} })
  const result = (toolCallId: string): Message => ({
    role: 'toolResult',
    toolCallId,
    toolName: 'exec',
    content: [],
    isError: false,
    timestamp: 3,
  })
  type Store = ReturnType<typeof store>
  const steps: ((s: Store['sessions']) => void)[] = [
    (s) => s.checkpoint('r1', 0, 'thinking', 'thinking'),
    (s) => s.checkpoint('r1', 0, 'I will', 'text'),
    (s) => s.append({ runId: 'r1', message: { role: 'assistant', content: [call('a'), call('b')], timestamp: 2 } }),
    (s) => s.append({ runId: 'r1', message: result('a') }),
    (s) => s.append({ runId: 'r1', message: result('b') }),
    (s) => s.checkpoint('r1', 0, 'Next', 'text'),
    (s) => s.append({ runId: 'r1', message: { role: 'assistant', content: [call('c')], timestamp: 2 } }),
    (s) => s.append({ runId: 'r1', message: result('c') }),
    (s) => s.checkpoint('r1', 0, 'Done', 'text'),
    (s) => s.endRun('r1', { status: 'ok', message: answer('Done') }),
  ]
  for (let phase = 0; phase <= steps.length; phase++) {
    const { sessions, begin, db } = store()
    begin('r1', 'go')
    for (const step of steps.slice(0, phase)) step(sessions)
    sessions.recover()
    begin('r2', 'again')
    const history = sessions.modelHistory(main)
    const calls = history.flatMap((m) => (m.role === 'assistant' ? m.content.filter((p) => p.type === 'toolCall') : []))
    const results = history.flatMap((m) => (m.role === 'toolResult' ? [m.toolCallId] : []))
    expect([phase, results]).toEqual([phase, calls.map(({ id }) => id)])
    expect(history.at(-1)).toEqual(user('again'))
    expect(db.get('SELECT count(*) AS n FROM checkpoints')).toEqual({ n: 0 })
  }
})

test('DU9: lists and histories keep their order while the clock jumps back and forth', () => {
  const { sessions, begin, clock } = store()
  for (const [i, jump] of [0, 86_400_000, -200_000_000, 3_600_000].entries()) {
    clock.jump(jump)
    begin(`a${i}`, `a${i}`)
    begin(`b${i}`, `b${i}`, `agent:main:side${i}`)
  }
  expect(sessions.history(main).messages.map((message) => message.content)).toEqual(['a0', 'a1', 'a2', 'a3'])
  expect(sessions.list({ limit: 3 }).map(({ key }) => key)).toEqual(['agent:main:side3', main, 'agent:main:side2'])
})

test('a list shows titles and last words, and finds by label, agent and part of a title', () => {
  const { sessions, begin } = store()
  begin('r1', `  What is\nthe weather ${'very '.repeat(30)}`)
  sessions.endRun('r1', { status: 'ok', message: answer('Sunny', { provider: 'p', model: 'm', usage: usage(10, 4) }) })
  begin('r2', 'other', 'agent:work:x')
  sessions.patch('agent:work:x', { label: 'Work' })
  const [row] = sessions.list({ agentId: 'main' })
  expect(row).toMatchObject({ preview: 'Sunny', model: 'm', inputTokens: 10, outputTokens: 4, totalTokens: 14 })
  expect(row?.title).toHaveLength(60)
  expect(row?.title).toMatch(/^What is the weather very .*…$/)
  expect(sessions.list({ label: 'Work' }).map(({ key }) => key)).toEqual(['agent:work:x'])
  expect(sessions.list({ search: 'WEATHER' }).map(({ key }) => key)).toEqual([main])
  expect(sessions.list({ search: '%' })).toEqual([])
  expect(sessions.counts()).toEqual({ sessions: 2, byAgent: { main: 1, work: 1 } })
})

test('back on the default model, what answered last is not called the model any more', () => {
  const { sessions, begin } = store()
  sessions.patch(main, { model: 'p/m' })
  begin('r1', 'hello')
  sessions.endRun('r1', { status: 'ok', message: answer('ok', { provider: 'p', model: 'm', usage: usage(5, 5) }) })
  expect(sessions.patch(main, { label: 'Mine' })).toMatchObject({ modelProvider: 'p', model: 'm' })
  const after = sessions.patch(main, { model: null })
  expect(after).toMatchObject({ settings: {}, label: 'Mine', totalTokens: 10 })
  expect([after.modelProvider, after.model]).toEqual([undefined, undefined])
})

test('a reset keeps settings and begins a new id with empty history; the old words stay searchable', () => {
  const { sessions, begin } = store()
  begin('r1', 'remember the umbrella')
  sessions.endRun('r1', { status: 'ok', message: answer('ok', { usage: usage(5, 5) }) })
  const before = sessions.patch(main, { thinkingLevel: 'high', label: 'Mine' })
  const after = sessions.reset(main)
  expect(after.sessionId).not.toBe(before.sessionId)
  expect(after).toMatchObject({ settings: { thinkingLevel: 'high' }, label: 'Mine', totalTokens: 0 })
  expect(sessions.history(main).messages).toEqual([])
  expect(sessions.search('umbrella')).toMatchObject([{ key: main, role: 'user', sessionId: before.sessionId }])
})

test('what a run writes after its session was reset goes to the conversation it began in', () => {
  const { sessions, begin } = store()
  begin('r1', 'old')
  sessions.reset(main)
  sessions.endRun('r1', { status: 'ok', message: answer('late', { usage: usage(5, 5) }) })
  expect(sessions.history(main)).toMatchObject({ messages: [], session: { totalTokens: 0 } })
  expect(sessions.search('late')).toHaveLength(1)
})

test('a stale session begins afresh with the next message, but never under a run that is still going', () => {
  let stale = false
  const { sessions, begin } = store(':memory:', { isStale: () => stale })
  begin('r1', 'one')
  stale = true
  begin('r2', 'two')
  expect(sessions.history(main).messages).toHaveLength(2)
  for (const runId of ['r1', 'r2']) sessions.endRun(runId, { status: 'ok' })
  begin('r3', 'three')
  expect(sessions.history(main).messages).toEqual([of('r3', user('three'))])
})

test('deleting takes every word of the session with it; the main one cannot be deleted, nor one with an open run', () => {
  const { sessions, begin, db } = store()
  begin('r1', 'secret plan', 'agent:main:x')
  expect(() => sessions.remove('agent:main:x')).toThrow('Session agent:main:x is still active')
  sessions.endRun('r1', { status: 'ok' })
  expect(sessions.remove('agent:main:x')).toEqual({ deleted: true })
  expect(sessions.remove('agent:main:x')).toEqual({ deleted: false })
  expect(sessions.search('plan')).toEqual([])
  expect(db.get('SELECT count(*) AS n FROM entries')).toEqual({ n: 0 })
  expect(() => sessions.remove(main)).toThrow('Cannot delete the main session (agent:main:main).')
})

test('compaction hides old turns from the model behind a summary; people still read and find them', () => {
  const { sessions, begin } = store()
  for (let i = 0; i < 6; i++) {
    begin(`r${i}`, `question ${i}`)
    sessions.endRun(`r${i}`, { status: 'ok', message: answer(`answer ${i}`) })
  }
  expect(sessions.compact(main, { keepMessages: 4, summary: 'we talked' })).toEqual({ kept: 4 })
  expect(sessions.modelHistory(main).map((m) => m.content)).toMatchObject([
    '[Summary of the conversation so far]\nwe talked',
    'question 4',
    [{ text: 'answer 4' }],
    'question 5',
    [{ text: 'answer 5' }],
  ])
  expect(sessions.compact(main, { keepMessages: 4 })).toEqual({
    reason: 'It is short: 4 messages, and the newest 4 stay as they are.',
  })
  expect(sessions.history(main).messages).toHaveLength(12)
  expect(sessions.search('"question 0"')).toHaveLength(1)
})

test('a budget drops whole turns, oldest first, and keeps the last whatever its size', () => {
  const { sessions, begin } = store()
  for (let i = 0; i < 4; i++) {
    begin(`r${i}`, `${i} ${'word '.repeat(100)}`)
    sessions.endRun(`r${i}`, { status: 'ok', message: answer('ok') })
  }
  const first = (budgetTokens: number) => sessions.modelHistory(main, { budgetTokens }).map((m) => String(m.content)[0])
  expect(first(400)).toEqual(['2', '[', '3', '['])
  expect(first(1)).toEqual(['3', '['])
})

test('slash commands and their answers are not given to the model', () => {
  const { sessions, begin } = store()
  const reply: AssistantMessage = { ...answer('All well'), command: true }
  const asked: UserMessage = { ...user('/status'), command: true }
  sessions.beginRun({ runId: 'r1', key: main, echoKey: main, agentId: 'main', source: 'chat', message: asked })
  sessions.endRun('r1', { status: 'ok', message: reply })
  begin('r2', 'hello')
  expect(sessions.modelHistory(main)).toEqual([user('hello')])
  expect(sessions.find(main)).toMatchObject({ title: 'hello', preview: 'hello' })
  expect(sessions.history(main).messages).toHaveLength(3)
})

test('history is limited by count and by bytes, newest kept', () => {
  const { sessions, begin } = store()
  for (let i = 0; i < 5; i++) begin(`r${i}`, `${i}${'x'.repeat(1000)}`)
  const firsts = (options: object) => sessions.history(main, options).messages.map((m) => String(m.content)[0])
  expect(firsts({ limit: 2 })).toEqual(['3', '4'])
  expect(firsts({ maxBytes: 3500 })).toEqual(['2', '3', '4'])
  expect(sessions.history('agent:main:nobody')).toEqual({ messages: [], ids: [] })
})

test.each([
  ['東京', ['旅行']],
  ['東京都', ['旅行']],
  ['関', ['旅行']],
  ['ワイン', ['wine']],
  ['umbr', ['rain']],
  ['the umbrella', ['rain']],
  ['umbrella の', ['rain']],
  ['brella', []],
  ['京東', []],
  ['" OR words:* NEAR(', []],
  ['a AND OR NOT (', []],
  ['!!!', []],
])('search for %s', (query, found) => {
  const { sessions, begin } = store()
  begin('r1', '来週、関東の東京都庁へ旅行します', 'agent:main:旅行')
  begin('r2', 'Bring the umbrella, 今日の天気', 'agent:main:rain')
  begin('r3', '赤ワインと白ワイン', 'agent:main:wine')
  expect(sessions.search(query).map(({ key }) => key.slice(11))).toEqual(found)
})

test('a hit shows the words around it, each match marked', () => {
  const { sessions, begin } = store()
  begin('r1', `${'before '.repeat(40)}the red door and the Red car${' after'.repeat(40)}`)
  const snippet = sessions.search('red')[0]?.snippet.replaceAll('\u0002', '<').replaceAll('\u0003', '>')
  expect(snippet).toMatch(/^….*the <red> door and the <Red> car after.*…$/)
})

test('tokens are added up by local day', () => {
  const { sessions, begin, clock } = store()
  for (let i = 0; i < 3; i++) {
    begin(`r${i}`, 'x')
    sessions.endRun(`r${i}`, { status: 'ok', message: answer('y', { usage: usage(10, 1), timestamp: clock.now() }) })
    clock.advance(i === 0 ? 1000 : 86_400_000)
  }
  expect(sessions.usageByDay(30, 'UTC')).toEqual([
    { date: '2026-01-27', input: 20, output: 2, cacheRead: 0, cacheWrite: 0, totalTokens: 22, answers: 2 },
    { date: '2026-01-28', input: 10, output: 1, cacheRead: 0, cacheWrite: 0, totalTokens: 11, answers: 1 },
  ])
  expect(sessions.usageByDay(2, 'UTC').map(({ date }) => date)).toEqual(['2026-01-28'])
})
