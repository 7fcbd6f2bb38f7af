import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HistoryMessage } from '../../../src/tui/gateway/port.ts'
import type { Item } from '../../../src/tui/store/item.ts'
import {
  ask,
  emptyTranscript,
  hear,
  type RunNews,
  rejoin,
  setHistory,
  settleQuestion,
  type Transcript,
  visibleItems,
  waitingQuestions,
} from '../../../src/tui/store/transcript.ts'
import { runs } from '../../support/runs.ts'

const key = 'agent:main:main'
const fresh = emptyTranscript(key)
const text = (value: string, offset: number): RunNews => ({ type: 'text', text: value, offset, replace: false })
const ended = (value?: string): RunNews => ({
  type: 'ended',
  ending: 'done',
  ...(value === undefined ? {} : { text: value }),
})
const tool = (phase: string, more: Record<string, unknown> = {}): RunNews => ({
  type: 'tool',
  data: { phase, toolCallId: 'c1', name: 'exec', ...more },
})

/** What a reader sees, without ids and times. */
function seen(transcript: Transcript): string[] {
  return visibleItems(transcript, true).map(line)
}

function line(item: Item): string {
  if (item.kind === 'question') return `? ${item.text}`
  if (item.kind === 'reply') return `${item.ending === 'done' ? '=' : `=${item.ending}`} ${item.text.trim()}`
  if (item.kind === 'tool') return `$ ${item.name} ${item.status} ${item.output}`
  return `${item.kind} ${item.text}`
}

const hearAll = (transcript: Transcript, runId: string, ...news: RunNews[]) =>
  news.reduce((it, one) => hear(it, runId, one), transcript)

describe('a reply as it comes', () => {
  test('pieces are put together by their offset; what was said already is not said again', () => {
    const asked = ask(fresh, 'r1', 'hi', 1)
    const done = hearAll(
      asked,
      'r1',
      text('Hello', 0),
      text('lo wor', 3),
      text('Hel', 0),
      text('ld', 9),
      ended('Hello world'),
    )
    expect(seen(done)).toEqual(['? hi', '= Hello world'])
  })

  test('a missing piece makes the history stale, and the final text repairs the reply', () => {
    const gap = hearAll(
      settleQuestion(ask({ ...fresh, isStale: false }, 'r1', 'hi', 1), 'r1'),
      'r1',
      text('He', 0),
      text('world', 6),
    )
    expect(gap.isStale).toBe(true)
    expect(seen(hear(gap, 'r1', ended('Hello world')))).toEqual(['? hi', '= Hello world'])
  })

  test('text, tool, text: each keeps its place, whether the final repeats all or only the last part', () => {
    const run = (final: string) =>
      hearAll(
        fresh,
        'r1',
        text('Let me look.', 0),
        tool('start', { args: { command: 'uptime' } }),
        tool('result', { result: { content: [{ type: 'text', text: 'up 3 days' }], details: { exitCode: 0 } } }),
        text('\n\nIt is up.', 12),
        ended(final),
      )
    const expected = ['= Let me look.', '$ exec completed up 3 days', '= It is up.']
    expect(seen(run('Let me look.\n\nIt is up.'))).toEqual(expected)
    expect(seen(run('It is up.'))).toEqual(expected)
  })

  test('a gateway that starts its text anew after a tool loses nothing said before', () => {
    const run = hearAll(fresh, 'r1', text('Let me look.', 0), tool('start'), text('It is up.', 0), ended('It is up.'))
    expect(seen(run)).toEqual(['= Let me look.', '$ exec completed ', '= It is up.'])
  })

  test('what comes after the end changes nothing', () => {
    const done = hearAll(fresh, 'r1', text('Hello', 0), ended())
    expect(hearAll(done, 'r1', text(' again', 5), ended('other'), tool('start'))).toBe(done)
  })

  test('a stopped reply keeps what arrived', () => {
    const stopped = hearAll(fresh, 'r1', text('Half a', 0), { type: 'ended', ending: 'stopped' })
    expect(seen(stopped)).toEqual(['=stopped Half a'])
  })

  test('a failure without a word still shows why', () => {
    const failed = hear(ask(fresh, 'r1', 'hi', 1), 'r1', { type: 'ended', ending: 'failed', problem: 'No key.' })
    expect(visibleItems(failed, true).at(-1)).toMatchObject({ kind: 'reply', ending: 'failed', problem: 'No key.' })
  })
})

describe('questions that wait', () => {
  test('behind a running reply they wait beside the composer and take their place when their turn comes', () => {
    const first = hear(ask(fresh, 'r1', 'one', 1), 'r1', text('First', 0))
    const both = settleQuestion(ask(first, 'r2', 'two', 2), 'r2')
    expect(waitingQuestions(both, true).map((it) => it.text)).toEqual(['two'])
    expect(seen(both)).toEqual(['? one', '=open First'])
    const later = hear(hear(both, 'r1', ended('First')), 'r2', text('Second', 0))
    expect(seen(later)).toEqual(['? one', '= First', '? two', '=open Second'])
  })

  test('an answer under a run id nobody asked for is shown, and its question is looked up', () => {
    const foreign = hear({ ...fresh, isStale: false }, 'queued-1', ended('From elsewhere'))
    expect(seen(foreign)).toEqual(['= From elsewhere'])
    expect(foreign.isStale).toBe(true)
  })
})

const user = (content: string, runId?: string): HistoryMessage => ({
  role: 'user',
  content,
  ...(runId ? { runId } : {}),
})
const assistant = (content: string, runId?: string, more: Record<string, unknown> = {}): HistoryMessage => ({
  role: 'assistant',
  content: [{ type: 'text', text: content }],
  ...(runId ? { runId } : {}),
  ...more,
})

describe('history', () => {
  test('swallows the runs it holds, by run id', () => {
    const live = hearAll(ask(fresh, 'r1', 'hi', 1), 'r1', text('Hello', 0), ended('Hello'))
    const merged = setHistory(live, [user('hi', 'r1'), assistant('Hello', 'r1')], 's1', 'gateway')
    expect(seen(merged)).toEqual(['? hi', '= Hello'])
  })

  test('swallows them by their words where the gateway tells no run ids', () => {
    const live = hearAll(ask(fresh, 'r1', 'hi', 1), 'r1', text('Hello', 0), ended('Hello'))
    expect(seen(setHistory(live, [user('hi'), assistant('Hello')], 's1', 'gateway'))).toEqual(['? hi', '= Hello'])
    const foreign = hear(fresh, 'r2', ended('Hello'))
    expect(seen(setHistory(foreign, [user('hi'), assistant('Hello')], 's1', 'gateway'))).toEqual(['? hi', '= Hello'])
  })

  test('the same question asked twice stays twice', () => {
    const again = ask(setHistory(fresh, [user('hi', 'r1'), assistant('Hello', 'r1')], 's1', 'gateway'), 'r2', 'hi', 9)
    const merged = setHistory(again, [user('hi', 'r1'), assistant('Hello', 'r1'), user('hi', 'r2')], 's1', 'gateway')
    expect(seen(merged)).toEqual(['? hi', '= Hello', '? hi'])
  })

  test('an interrupted reply and an unfinished tool say so', () => {
    const call = { type: 'toolCall', id: 'c1', name: 'exec', arguments: {} }
    const merged = setHistory(
      fresh,
      [user('go'), { role: 'assistant', content: [call] }, assistant('Half', undefined, { stopReason: 'interrupted' })],
      's1',
      'gateway',
    )
    expect(seen(merged)).toEqual(['? go', '$ exec interrupted ', '=interrupted Half'])
  })

  test('a run that ended while we were away and left nothing is marked interrupted', () => {
    const cut = rejoin(hear(ask(fresh, 'r1', 'hi', 1), 'r1', text('Half', 0)), [], true)
    expect(seen(setHistory(cut, [user('hi', 'r1')], 's1', 'gateway'))).toEqual(['? hi', '=interrupted Half'])
  })

  test('a new session id leaves the old conversation behind', () => {
    const before = hear(setHistory(fresh, [user('old')], 's1', 'gateway'), 'r1', ended('old answer'))
    expect(seen(setHistory(before, [], 's2', 'gateway'))).toEqual([])
  })
})

/** A gateway in a few lines: a list of turns, what it tells of them, and its history at any moment. */
type Turn = { runId: string; question: string; pieces: string[]; usesTool: boolean; isMine: boolean }
type Told = { runId: string; news: RunNews }

function tell(turn: Turn): Told[] {
  let offset = 0
  const say = (piece: string): Told => {
    const told = { runId: turn.runId, news: text(piece, offset) }
    offset += piece.length
    return told
  }
  const half = Math.ceil(turn.pieces.length / 2)
  const rest = turn.pieces.slice(half)
  const middle = turn.usesTool
    ? [
        { runId: turn.runId, news: tool('start', { toolCallId: `${turn.runId}-c`, args: {} }) },
        { runId: turn.runId, news: toolResult(turn) },
      ]
    : []
  const before = turn.pieces.slice(0, half).map(say)
  const after = rest.map((piece, index) => say(index === 0 && turn.usesTool ? `\n\n${piece}` : piece))
  return [...before, ...middle, ...after, { runId: turn.runId, news: ended(wholeText(turn)) }]
}

const toolResult = (turn: Turn): RunNews =>
  tool('result', { toolCallId: `${turn.runId}-c`, result: { content: [{ type: 'text', text: 'out' }] } })

function parts(turn: Turn): [string, string] {
  const half = Math.ceil(turn.pieces.length / 2)
  return [turn.pieces.slice(0, half).join(''), turn.pieces.slice(half).join('')]
}

function wholeText(turn: Turn): string {
  const [before, after] = parts(turn)
  return turn.usesTool && after !== '' ? `${before}\n\n${after}` : before + after
}

function stored(turn: Turn): HistoryMessage[] {
  const { runId } = turn
  const [before, after] = parts(turn)
  if (!turn.usesTool) return [user(turn.question, runId), assistant(before + after, runId)]
  const call = { type: 'toolCall', id: `${runId}-c`, name: 'exec', arguments: {} }
  const asked = { role: 'assistant', runId, content: [{ type: 'text', text: before }, call] }
  const result = {
    role: 'toolResult',
    runId,
    toolCallId: call.id,
    toolName: 'exec',
    content: [{ type: 'text', text: 'out' }],
  }
  return [user(turn.question, runId), asked, result, ...(after === '' ? [] : [assistant(after, runId)])]
}

const turnShape = fc.record({
  question: fc.constantFrom('hi', 'again', 'more'),
  pieces: fc.array(fc.constantFrom('one ', 'two ', 'three. ', 'a', 'é'), { minLength: 1, maxLength: 6 }),
  usesTool: fc.boolean(),
  isMine: fc.boolean(),
})

test('whatever is lost, doubled or late: after a resync the reader sees what the gateway has', () => {
  fc.assert(
    fc.property(fc.array(turnShape, { minLength: 1, maxLength: 4 }), fc.infiniteStream(fc.nat(9)), (shapes, dice) => {
      const turns = shapes.map((shape, index) => ({ ...shape, runId: `r${index}` }))
      const roll = () => dice.next().value as number
      let transcript: Transcript = fresh
      for (const turn of turns) {
        if (turn.isMine) transcript = ask(transcript, turn.runId, turn.question, 1)
        const told = tell(turn).flatMap((one) => (roll() < 2 ? [] : roll() < 2 ? [one, one] : [one]))
        if (roll() < 3) told.reverse()
        for (const { runId, news } of told) transcript = hear(transcript, runId, news)
        if (turn.isMine) transcript = settleQuestion(transcript, turn.runId)
        if (roll() < 2)
          transcript = setHistory(transcript, turns.slice(0, turns.indexOf(turn) + 1).flatMap(stored), 's1', 'gateway')
      }
      const history = turns.flatMap(stored)
      const caughtUp = setHistory(rejoin(transcript, [], true), history, 's1', 'gateway')
      expect(seen(caughtUp)).toEqual(seen(setHistory(fresh, history, 's1', 'gateway')))
    }),
    { numRuns: runs(300) },
  )
})

test('joining a reply in its middle shows the same as having heard it all', () => {
  fc.assert(
    fc.property(turnShape, fc.nat(20), (shape, at) => {
      const turn = { ...shape, runId: 'r0' }
      const told = tell(turn)
      const heard = told.slice(0, Math.min(at, told.length - 1))
      const said = heard.reduce((all, { news }) => (news.type === 'text' ? all + news.text : all), '')
      const calledTool = heard.some(({ news }) => news.type === 'tool')
      // The gateway logs a reply up to its tool call before the tool runs; what is said later it logs at the end.
      const history = calledTool ? stored({ ...turn, pieces: turn.pieces }).slice(0, 3) : [user(turn.question, 'r0')]
      const snapshot = { runId: 'r0', sessionKey: key, text: said, startedAt: 1 }
      const joined = setHistory(rejoin(fresh, [snapshot], true), history, 's1', 'gateway')
      const end = told.slice(heard.length).reduce((it, { news }) => hear(it, 'r0', news), joined)
      const whole = told.reduce((it, { news }) => hear(it, 'r0', news), ask(fresh, 'r0', turn.question, 1))
      expect(seen(end)).toEqual(seen(whole))
    }),
    { numRuns: runs(300) },
  )
})
