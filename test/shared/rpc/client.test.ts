import { expect, test } from 'vitest'
import { Fault } from '../../../src/shared/fault.ts'
import { RpcClient } from '../../../src/shared/rpc/client.ts'
import { wholeVocabulary } from '../../../src/shared/rpc/whole-vocabulary.ts'
import { ManualClock } from '../../support/clock.ts'

function open() {
  const clock = new ManualClock()
  const sent: { id: string; method: string; params?: unknown }[] = []
  const client = new RpcClient({ clock, vocabulary: wholeVocabulary, send: (text) => sent.push(JSON.parse(text)) })
  const answer = (frame: object) => client.receive(JSON.stringify({ type: 'res', ...frame }))
  return { clock, sent, client, answer }
}

test('a call resolves with the checked answer of its own request', async () => {
  const { sent, client, answer } = open()
  const first = client.call('models.list', {})
  const second = client.call('chat.abort', { sessionKey: 'main' })
  answer({ id: sent[1]?.id, ok: true, payload: { ok: true, aborted: false, runIds: [] } })
  answer({ id: sent[0]?.id, ok: true, payload: { models: [{ id: 'm', name: 'M', provider: 'p' }] } })
  expect(await second).toMatchObject({ aborted: false })
  expect((await first).models).toHaveLength(1)
})

test('an answer of another shape than the table promises is a fault that names the place', async () => {
  const { client, answer } = open()
  const call = client.call('models.list', {})
  answer({ id: 'r1', ok: true, payload: { models: [{ id: 7 }] } })
  await expect(call).rejects.toMatchObject({ code: 'client.call-failed', message: expect.stringContaining('models.0') })
})

test('a refused call keeps the wire code, details and retry advice', async () => {
  const { client, answer } = open()
  const call = client.call('status', {})
  const error = {
    code: 'UNAVAILABLE',
    message: 'starting',
    retryable: true,
    retryAfterMs: 500,
    details: { reason: 'x' },
  }
  answer({ id: 'r1', ok: false, error })
  await expect(call).rejects.toMatchObject({
    code: 'client.call-failed',
    message: 'status: starting',
    retryable: true,
    retryAfterMs: 500,
    details: { method: 'status', code: 'UNAVAILABLE', details: { reason: 'x' } },
  })
})

test('a sentence of a gateway of ours stands alone, with what it says to do about it', async () => {
  const { client, answer } = open()
  const call = client.call('status', {})
  const details = { fault: 'usage.invalid', remedy: 'See who waits with: clawdbot pairing list' }
  answer({ id: 'r1', ok: false, error: { code: 'INVALID_REQUEST', message: 'Nobody waits', details } })
  const remedy = 'See who waits with: clawdbot pairing list'
  await expect(call).rejects.toMatchObject({ message: 'Nobody waits', remedy })
  const bare = client.call('status', {})
  answer({ id: 'r2', ok: false, error: { code: 'INVALID_REQUEST', message: 'text required', details } })
  await expect(bare).rejects.toMatchObject({ message: 'status: text required', remedy })
})

test.each([
  { code: 'FORBIDDEN', message: 'missing scope: operator.read' },
  { code: 'INVALID_REQUEST', message: 'missing scope: operator.read' },
])('a missing scope has one remedy, as $code of either protocol', async (error) => {
  const { client, answer } = open()
  const call = client.call('status', {})
  answer({ id: 'r1', ok: false, error })
  await expect(call).rejects.toMatchObject({ remedy: expect.stringContaining('approve the missing scope') })
})

test('agent answers twice: with expectFinal the second answer counts, without it the first', async () => {
  const { client, answer } = open()
  const params = { message: 'hi', idempotencyKey: 'k' }
  const final = client.call('agent', params, { expectFinal: true })
  const first = client.call('agent', params)
  for (const id of ['r1', 'r2']) {
    answer({ id, ok: true, payload: { runId: 'k', status: 'accepted', acceptedAt: 1 } })
    answer({ id, ok: true, payload: { runId: 'k', status: 'ok', summary: 'completed' } })
  }
  expect((await final).status).toBe('ok')
  expect((await first).status).toBe('accepted')
})

test('a call without an answer ends at its deadline, and an answer after that is ignored', async () => {
  const { clock, client, answer } = open()
  const call = client.call('health', {}, { timeoutMs: 50 })
  clock.advance(50)
  await expect(call).rejects.toMatchObject({ code: 'client.timeout' })
  answer({ id: 'r1', ok: true, payload: {} })
  expect(clock.waiting).toBe(0)
})

test('a call that waits for the final answer has no deadline of its own', () => {
  const { clock, client } = open()
  void client.call('agent', { message: 'hi', idempotencyKey: 'k' }, { expectFinal: true })
  expect(clock.waiting).toBe(0)
})

test('an aborted call rejects with the reason, also when aborted before it was sent', async () => {
  const { sent, client } = open()
  const controller = new AbortController()
  const call = client.call('health', {}, { signal: controller.signal })
  controller.abort(new Error('changed my mind'))
  await expect(call).rejects.toThrow('changed my mind')
  await expect(client.call('health', {}, { signal: controller.signal })).rejects.toThrow('changed my mind')
  expect(sent).toHaveLength(1)
})

test('losing the socket fails every waiting call and every later one with the same fault', async () => {
  const { clock, client } = open()
  const call = client.call('health', {})
  client.end(new Fault('client.closed', 'The connection was lost'))
  await expect(call).rejects.toMatchObject({ code: 'client.closed' })
  await expect(client.call('status', {})).rejects.toMatchObject({ code: 'client.closed' })
  expect(clock.waiting).toBe(0)
})

test('a message that cannot be written fails its call at once', async () => {
  const client = new RpcClient({
    clock: new ManualClock(),
    vocabulary: wholeVocabulary,
    send: () => {
      throw new Fault('client.closed', 'The send queue is full')
    },
  })
  await expect(client.call('health', {})).rejects.toThrow('The send queue is full')
})

test('events that come while nobody listens wait for the first listener, the latest thousand of them', () => {
  const { client } = open()
  const tick = (seq: number) =>
    client.receive(JSON.stringify({ type: 'event', event: 'tick', payload: { ts: 1 }, seq }))
  for (let seq = 1; seq <= 1002; seq++) tick(seq)
  const heard: unknown[] = []
  const stop = client.events(({ seq }) => heard.push(seq))
  tick(1003)
  expect([heard.length, heard[0], heard.at(-1)]).toEqual([1001, 3, 1003])
  stop()
  tick(1004)
  client.events(({ seq }) => heard.push(seq))
  expect(heard.at(-1)).toBe(1004)
})

test('known events arrive parsed and in order; unknown, malformed and foreign messages are ignored', () => {
  const { client } = open()
  const heard: unknown[] = []
  const stop = client.events((event) => heard.push([event.name, event.seq]))
  client.receive('not json')
  client.receive('{"type":"event","event":"from.the.future","payload":{},"seq":1}')
  client.receive('{"type":"event","event":"tick","payload":{"ts":"soon"},"seq":2}')
  client.receive('{"type":"event","event":"tick","payload":{"ts":5,"more":true},"seq":3}')
  stop()
  client.receive('{"type":"event","event":"tick","payload":{"ts":6},"seq":4}')
  expect(heard).toEqual([['tick', 3]])
})
