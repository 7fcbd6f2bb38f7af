import { expect, test } from 'vitest'
import type { Action } from '../../../src/tui/store/action.ts'
import { reduce } from '../../../src/tui/store/reduce.ts'
import { initialState, type State } from '../../../src/tui/store/state.ts'
import { visibleItems } from '../../../src/tui/store/transcript.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'

const start = initialState({ connection: scriptedGateway().gateway.view, sessionKey: 'main', columns: 80, rows: 24 })
const after = (state: State, ...actions: Action[]) => reduce(state, { type: 'batch', actions })
const other = 'agent:main:other'
const say = (text: string, offset: number, key = other): Action => ({
  type: 'run.news',
  key,
  runId: 'r1',
  news: { type: 'text', text, offset, replace: false },
})
const texts = (state: State, key: string) =>
  visibleItems(state.transcripts[key] ?? fail(key), true).map((item) => ('text' in item ? item.text : item.name))
const fail = (key: string): never => {
  throw new Error(`no transcript of ${key}`)
}

test('a reply being written in a session that is not open is found there by who opens it', () => {
  const opened = after(start, say('Half', 0), { type: 'session.opened', key: other }, say(' a reply', 4))
  expect(texts(opened, other)).toEqual(['Half a reply'])
})

test('what ended in a session nobody looked at is left to its history, so memory does not grow', () => {
  const done = after(start, say('Half', 0), {
    type: 'run.news',
    key: other,
    runId: 'r1',
    news: { type: 'ended', ending: 'done' },
  })
  expect(done.transcripts[other]?.live).toEqual([])
})

test('a missing piece is asked for once, however many follow it', () => {
  const key = start.sessions.key
  const asked = after(start, say('He', 0, key), { type: 'history.loading', key }, say('far', 90, key))
  expect(asked.transcripts[key]?.isStale).toBe(true)
  const again = after(asked, { type: 'history.loading', key }, say('further', 99, key))
  expect(again.transcripts[key]?.isStale).toBe(false)
})

test('arriving in the middle of a reply shows what was said before', () => {
  const run = { runId: 'r1', sessionKey: other, text: 'Once upon', startedAt: 1 }
  const arrived = after(start, { type: 'attached', kind: 'fresh', runs: [run], tellsRuns: true }, say(' a time', 9))
  expect(texts(arrived, other)).toEqual(['Once upon a time'])
})

test('nothing new is the same state', () => {
  expect(reduce(start, { type: 'notice.closed', id: 'none' })).toBe(start)
  expect(reduce(start, { type: 'overlay.closed' })).toBe(start)
})

test('what was said of a broken connection goes once it is back, and not before; other words stay', () => {
  const { view } = scriptedGateway().gateway
  const became = (change: Partial<typeof view>): Action => ({
    type: 'connection.changed',
    view: { ...view, ...change },
  })
  const broken = { id: 'n1', tone: 'danger', text: 'The connection was closed', isUntilLive: true } as const
  const other = { id: 'n2', tone: 'info', text: 'Copied.' } as const
  const told = after(start, { type: 'notice.shown', notice: broken }, { type: 'notice.shown', notice: other })
  for (const change of [{ phase: 'waiting' }, { phase: 'connecting' }, { phase: 'live', isSuspect: true }] as const) {
    expect(after(told, became(change)).notices).toEqual([broken, other])
    expect(after(told, became(change), became({ phase: 'live' })).notices).toEqual([other])
  }
  const live = after(start, became({ phase: 'live' }), { type: 'notice.shown', notice: broken })
  expect(after(live, became({ phase: 'live', latencyMs: 4 })).notices).toEqual([broken])
})
