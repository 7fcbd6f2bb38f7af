import { expect, test } from 'vitest'
import { EventFlow } from '../../src/client/reattach.ts'
import type { HelloOk } from '../../src/shared/protocol/connect.ts'
import { type GatewayEvent, parseEvent } from '../../src/shared/rpc/client.ts'
import { wholeVocabulary } from '../../src/shared/rpc/whole-vocabulary.ts'

function hello(connId: string, methods: string[] = ['reattach']): HelloOk {
  return {
    type: 'hello-ok',
    protocol: 4,
    server: { version: '1', connId },
    features: { methods },
    policy: { tickIntervalMs: 30_000 },
  }
}

function chat(seq: number | undefined, payload: object): GatewayEvent {
  const whole = { runId: 'r', sessionKey: 's', seq: 1, state: 'delta', ...payload }
  const event = parseEvent(wholeVocabulary, {
    type: 'event',
    event: 'chat',
    payload: whole,
    ...(seq === undefined ? {} : { seq }),
  })
  if (!event) throw new Error('not an event of the table')
  return event
}

const message = (text: string) => ({ message: { role: 'assistant', content: [{ type: 'text', text }] } })

/** What a screen learns from one event: the delta, or why there is none. */
function take(flow: EventFlow, event: GatewayEvent): unknown {
  const { event: seen, isGap } = flow.accept(event)
  if (isGap) return 'gap'
  if (seen?.name !== 'chat') return 'nothing'
  const { offset, deltaText, replace } = seen.payload
  return replace ? `=${deltaText}` : `${offset}+${deltaText}`
}

const started = (flow: EventFlow, runs: object[] = []) =>
  flow.attached({ status: 'fresh', replayed: 0, runs: runs as never })

test('a first connection asks for nothing, a second for what the first one missed', () => {
  const flow = new EventFlow()
  expect(flow.begin(hello('A'))).toEqual({})
  expect(started(flow)).toEqual({ kind: 'fresh', replayed: 0, runs: [] })
  flow.accept(chat(7, { offset: 0, deltaText: 'one' }))
  expect(flow.begin(hello('B'))).toEqual({ from: { connId: 'A', seq: 7 } })
  expect(flow.attached({ status: 'resumed', replayed: 3, runs: [] })).toEqual({
    kind: 'resumed',
    replayed: 3,
    runs: [],
  })
  expect(flow.begin(hello('C'))).toEqual({ from: { connId: 'B', seq: 0 } })
})

test('a connection that broke before the gateway took the request does not move the place to go on from', () => {
  const flow = new EventFlow()
  flow.begin(hello('A'))
  started(flow)
  flow.accept(chat(7, { offset: 0, deltaText: 'one' }))
  flow.begin(hello('B'))
  expect(flow.begin(hello('C'))).toEqual({ from: { connId: 'A', seq: 7 } })
  flow.accept(chat(1, { offset: 3, deltaText: ' two' }))
  expect(flow.begin(hello('D'))).toEqual({ from: { connId: 'C', seq: 1 } })
})

test('TU12: what arrives twice is cut off at the offset, what continues goes on', () => {
  const flow = new EventFlow()
  flow.begin(hello('A'))
  started(flow)
  expect(take(flow, chat(1, { offset: 0, deltaText: 'Hello' }))).toBe('0+Hello')
  expect(take(flow, chat(2, { offset: 3, deltaText: 'lo wor' }))).toBe('5+ wor')
  expect(take(flow, chat(3, { offset: 0, deltaText: 'Hello' }))).toBe('nothing')
  expect(take(flow, chat(4, { offset: 9, deltaText: 'ld' }))).toBe('9+ld')
  expect(take(flow, chat(5, { offset: 0, deltaText: 'Anew', replace: true }))).toBe('=Anew')
  expect(take(flow, chat(6, { offset: 4, deltaText: '.' }))).toBe('4+.')
})

test('a piece that does not connect to what is there is a gap, not a wrong text', () => {
  const flow = new EventFlow()
  flow.begin(hello('A'))
  started(flow)
  flow.accept(chat(1, { offset: 0, deltaText: 'Hello' }))
  expect(take(flow, chat(2, { offset: 9, deltaText: 'ld' }))).toBe('gap')
})

test('who joins in the middle of a reply goes on from the text it was given', () => {
  const flow = new EventFlow()
  flow.begin(hello('A'))
  started(flow, [{ runId: 'r', sessionKey: 's', text: 'Hello', startedAt: 1 }])
  expect(take(flow, chat(1, { offset: 4, deltaText: 'o you' }))).toBe('5+ you')
})

test('when the place is no longer kept, the screen is told to start over', () => {
  const flow = new EventFlow()
  flow.begin(hello('A'))
  started(flow)
  flow.begin(hello('B'))
  const runs = [{ runId: 'r', sessionKey: 's', text: 'Hel', startedAt: 1 }]
  expect(flow.attached({ status: 'lost', replayed: 0, runs })).toEqual({ kind: 'resync', replayed: 0, runs })
  expect(take(flow, chat(1, { offset: 3, deltaText: 'lo' }))).toBe('3+lo')
})

test('other gateways: the whole text each time becomes pieces', () => {
  const flow = new EventFlow()
  expect(flow.begin(hello('A', ['chat.send']))).toBeUndefined()
  expect(flow.attached(undefined)).toEqual({ kind: 'fresh', replayed: 0, runs: [] })
  expect(take(flow, chat(10, message('Hel')))).toBe('=Hel')
  expect(take(flow, chat(11, { ...message('Hello'), deltaText: 'lo' }))).toBe('3+lo')
  expect(take(flow, chat(12, { ...message('Bye'), replace: true }))).toBe('=Bye')
  expect(take(flow, chat(13, { deltaText: '!' }))).toBe('3+!')
})

test('other gateways: after a break the screen starts over, and the next text comes whole', () => {
  const flow = new EventFlow()
  flow.begin(hello('A', []))
  flow.attached(undefined)
  flow.accept(chat(10, message('Hel')))
  flow.begin(hello('B', []))
  expect(flow.attached(undefined)).toEqual({ kind: 'resync', replayed: 0, runs: [] })
  expect(take(flow, chat(99, message('Hello')))).toBe('=Hello')
})

test('a hole in the numbers is a gap; the first number and frames without one are not', () => {
  const flow = new EventFlow()
  flow.begin(hello('A', []))
  flow.attached(undefined)
  expect(take(flow, chat(41, message('a')))).toBe('=a')
  expect(take(flow, chat(undefined, message('ab')))).toBe('1+b')
  expect(take(flow, chat(43, message('abc')))).toBe('gap')
  expect(take(flow, chat(44, message('abcd')))).toBe('3+d')
})

test('the ending of a run passes unchanged and frees what was kept of it', () => {
  const flow = new EventFlow()
  flow.begin(hello('A', []))
  flow.attached(undefined)
  flow.accept(chat(1, message('a')))
  const ending = chat(2, { state: 'final', ...message('a b') })
  expect(flow.accept(ending)).toEqual({ event: ending, isGap: false })
  expect(take(flow, chat(3, message('a b c')))).toBe('=a b c')
})
