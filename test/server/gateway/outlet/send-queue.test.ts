import { expect, test } from 'vitest'
import { type Outgoing, outgoing } from '../../../../src/server/gateway/outlet/outgoing.ts'
import { partItem, toolItem, wholeTextItems } from '../../../../src/server/gateway/outlet/run-items.ts'
import { highWaterBytes, maxQueuedBytes, SendQueue } from '../../../../src/server/gateway/outlet/send-queue.ts'

type Frame = { event?: string; seq?: number; id?: string; payload: Record<string, unknown> }

/** A queue on a socket that takes bytes, or does not, as the test says. */
function queueOn() {
  const sent: Frame[] = []
  const positions: (number | undefined)[] = []
  let buffered = 0
  let isOverflown = false
  const queue = new SendQueue({
    sink: { send: (text) => sent.push(JSON.parse(text) as Frame), bufferedBytes: () => buffered },
    onOverflow: () => {
      isOverflown = true
    },
    onSequenced: (_, position) => positions.push(position),
  })
  const stall = () => {
    buffered = highWaterBytes
  }
  const flow = () => {
    buffered = 0
    queue.drained()
  }
  return { queue, sent, positions, stall, flow, isOverflown: () => isOverflown }
}

const run = { runId: 'k1', sessionKey: 'main', canonicalKey: 'agent:main:main', agentId: 'main' }
const moment = (seq: number) => ({ run, seq, ts: 1 })
const final = (runId = 'k1') => outgoing({ event: 'chat', payload: { runId, state: 'final' }, runId })
const tick = (ts: number) => outgoing({ event: 'tick', payload: { ts } })

/** The text cut into pieces, as our own peers get it. */
function parts(text: string, size: number): Outgoing[] {
  const count = Math.ceil(text.length / size)
  return Array.from({ length: count }, (_, i) => partItem(moment(i), i * size, text.slice(i * size, (i + 1) * size)))
}

test('IN7: a reader that stops reading gets one folded delta, then the ending, with no gap in seq', () => {
  const { queue, sent, stall, flow } = queueOn()
  const text = 'abcdefghij'.repeat(2000)
  const [first, ...rest] = parts(text, 10)
  queue.push(first as Outgoing)
  stall()
  for (const item of rest) queue.push(item)
  queue.push(final())
  expect(queue.queuedBytes).toBeLessThan(2 * text.length)
  flow()
  expect(sent.map(({ seq, payload }) => [seq, payload.state, payload.offset])).toEqual([
    [1, 'delta', 0],
    [2, 'delta', 10],
    [3, 'final', undefined],
  ])
  expect(`${sent[0]?.payload.deltaText}${sent[1]?.payload.deltaText}`).toBe(text)
})

test('cumulative deltas fold to the latest, and protocol 4 keeps every new piece', () => {
  const { queue, sent, stall, flow } = queueOn()
  stall()
  for (const item of wholeTextItems(moment(1), 'v4', 'one', 'one')) queue.push(item)
  for (const item of wholeTextItems(moment(2), 'v4', 'one two', ' two')) queue.push(item)
  flow()
  expect(sent.map(({ event, payload }) => [event, payload.deltaText ?? payload.data])).toEqual([
    ['agent', { text: 'one two', delta: 'one two' }],
    ['chat', 'one two'],
  ])
})

test('a delta never folds across another event of its run, and other runs do not stand in the way', () => {
  const { queue, sent, stall, flow } = queueOn()
  stall()
  const [a, b, c] = parts('aabbcc', 2) as [Outgoing, Outgoing, Outgoing]
  queue.push(a)
  queue.push(final('other'))
  queue.push(b)
  queue.push(toolItem(moment(3), { phase: 'start', toolCallId: 't' }, true))
  queue.push(c)
  flow()
  expect(sent.map(({ payload }) => payload.deltaText ?? payload.stream ?? payload.runId)).toEqual([
    'aabb',
    'other',
    'tool',
    'cc',
  ])
})

test('responses keep their place among the events and take no number', () => {
  const { queue, sent, stall, flow } = queueOn()
  stall()
  queue.push(final())
  queue.pushText('{"type":"res","id":"r1","payload":{}}')
  queue.push(final())
  flow()
  expect(sent.map(({ seq, id }) => seq ?? id)).toEqual([1, 'r1', 2])
})

test('of waiting ticks only the last is sent; addressed events carry no number', () => {
  const { queue, sent, stall, flow } = queueOn()
  queue.push(outgoing({ event: 'node.invoke.request', payload: {}, onlyTo: 'c1' }))
  stall()
  for (let ts = 1; ts <= 100; ts++) queue.push(tick(ts))
  flow()
  expect(sent).toEqual([
    { type: 'event', event: 'node.invoke.request', payload: {} },
    { type: 'event', event: 'tick', payload: { ts: 100 }, seq: 1 },
  ])
})

test('a merged delta keeps the position of its first part', () => {
  const { queue, positions, stall, flow } = queueOn()
  stall()
  const [a, b] = parts('aabb', 2) as [Outgoing, Outgoing]
  queue.push(a, 7)
  queue.push(final('other'), 8)
  queue.push(b, 9)
  flow()
  expect(positions).toEqual([7, 8])
})

test('IN7: more than 8 MiB of what cannot fold ends the connection, and then nothing is kept', () => {
  const { queue, stall, isOverflown, sent, flow } = queueOn()
  stall()
  const big = outgoing({ event: 'agent', payload: { text: 'x'.repeat(1024 * 1024) } })
  for (let i = 0; i < maxQueuedBytes / (1024 * 1024); i++) queue.push(big)
  expect(isOverflown()).toBe(true)
  expect(queue.queuedBytes).toBe(0)
  flow()
  expect(sent).toEqual([])
})

test('what may be lost is lost before the connection is', () => {
  const { queue, stall, isOverflown } = queueOn()
  stall()
  const droppable = outgoing({ event: 'exec.approval.requested', payload: { text: 'x'.repeat(100_000) } })
  for (let i = 0; i < 1000; i++) queue.push(droppable)
  expect(isOverflown()).toBe(false)
  expect(queue.queuedBytes).toBeLessThan(maxQueuedBytes)
})
