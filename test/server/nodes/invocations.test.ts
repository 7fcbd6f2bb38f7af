import { expect, test } from 'vitest'
import { type Asking, Invocations } from '../../../src/server/nodes/invocations.ts'
import { ManualClock } from '../../support/clock.ts'

function start() {
  const clock = new ManualClock()
  const sent: [string, string, Record<string, unknown>][] = []
  const invocations = new Invocations({
    clock,
    request: (connId, payload) => sent.push([connId, 'request', payload]),
    cancel: (connId, payload) => sent.push([connId, 'cancel', payload]),
  })
  const ask = (more: Partial<Asking> = {}) =>
    invocations.ask({
      ...{ nodeId: 'n', connId: 'c', command: 'camera.list', params: {}, timeoutMs: 1000, idempotencyKey: 'k' },
      ...more,
    })
  return { clock, sent, invocations, ask, idOf: (index = 0) => String(sent[index]?.[2].id) }
}

test('EX13: after the deadline the caller is told so, the node is told that nobody waits, and its answer counts no more', async () => {
  const { clock, sent, invocations, ask, idOf } = start()
  const asked = ask()
  clock.advance(1000)
  await expect(asked).rejects.toMatchObject({ message: 'node did not answer within 1000 ms', code: 'UNAVAILABLE' })
  expect(sent[1]).toEqual(['c', 'cancel', { invokeId: idOf(), nodeId: 'n' }])
  expect(invocations.answer('c', idOf(), { ok: true, payload: 1 })).toBe('late')
  expect(invocations.answer('other', idOf(), { ok: true, payload: 1 })).toBe('foreign')
  clock.advance(5 * 60_000)
  expect(invocations.answer('c', idOf(), { ok: true, payload: 1 })).toBe('unknown')
})

test('a connection that goes takes its open calls with it, and no other', async () => {
  const { invocations, ask, idOf } = start()
  const [lost, kept] = [ask(), ask({ connId: 'c2' })]
  invocations.lost('c')
  await expect(lost).rejects.toMatchObject({ options: { details: { code: 'NOT_CONNECTED' } } })
  expect(invocations.answer('c2', idOf(1), { ok: true, payloadJSON: '[1]' })).toBe('accepted')
  expect(await kept).toEqual({ payload: [1], payloadJSON: '[1]' })
})

test('a caller that stops waiting stops the node too', async () => {
  const { sent, ask } = start()
  const stop = new AbortController()
  const asked = ask({ signal: stop.signal })
  stop.abort()
  await expect(asked).rejects.toMatchObject({ message: 'node invoke cancelled' })
  expect(sent.map(([, kind]) => kind)).toEqual(['request', 'cancel'])
  await expect(ask({ signal: stop.signal })).rejects.toMatchObject({ message: 'node invoke cancelled' })
  expect(sent).toHaveLength(2)
})

test.each([
  [{ ok: true }, { payload: null, payloadJSON: null }],
  [
    { ok: true, payloadJSON: null, error: null },
    { payload: null, payloadJSON: null },
  ],
  [
    { ok: true, payload: { a: 1 } },
    { payload: { a: 1 }, payloadJSON: '{"a":1}' },
  ],
  [
    { ok: true, payloadJSON: 'no json' },
    { payload: null, payloadJSON: 'no json' },
  ],
])('the answer %j is told as %j', async (result, expected) => {
  const { invocations, ask, idOf } = start()
  const asked = ask()
  invocations.answer('c', idOf(), result)
  expect(await asked).toEqual(expected)
})

test('a failure on the node is told with its words', async () => {
  const { invocations, ask, idOf } = start()
  const asked = ask()
  invocations.answer('c', idOf(), { ok: false, error: { code: 'CAMERA_OFF', message: 'no camera' } })
  await expect(asked).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: 'no camera',
    options: { details: { nodeError: { code: 'CAMERA_OFF', message: 'no camera' } } },
  })
})

test('pieces of output come in order and once, from the one that was asked', async () => {
  const { invocations, ask, idOf } = start()
  const pieces: string[] = []
  const asked = ask({ onProgress: (piece) => pieces.push(piece.chunk) })
  const tell = (connId: string, seq: number, chunk: string) => invocations.progress(connId, idOf(), seq, { chunk })
  expect([tell('c', 0, 'a'), tell('c', 0, 'a'), tell('x', 1, 'b'), tell('c', 2, 'c'), tell('c', 1, 'b')]).toEqual([
    ...['accepted', 'late', 'foreign', 'late', 'accepted'],
  ])
  invocations.answer('c', idOf(), { ok: true })
  await asked
  expect(tell('c', 2, 'c')).toBe('late')
  expect(pieces).toEqual(['a', 'b'])
})

test('a node is asked so much at a time and no more', async () => {
  const { sent, ask, invocations } = start()
  const open = Array.from({ length: 256 }, () => ask())
  await expect(ask()).rejects.toMatchObject({ options: { retryable: true } })
  await expect(Promise.race([ask({ connId: 'other' }), Promise.resolve('asked')])).resolves.toBe('asked')
  expect(sent).toHaveLength(257)
  invocations.lost('c')
  expect((await Promise.allSettled(open)).every(({ status }) => status === 'rejected')).toBe(true)
})
