import { expect, test } from 'vitest'
import { makeDevice } from '../../support/device.ts'
import { startTestGateway } from '../../support/gateway.ts'

test.each([
  ['node.list', {}, { ok: true, payload: { nodes: [] } }],
  ['node.pair.list', {}, { ok: true, payload: { pending: [], paired: [] } }],
  ['node.describe', { nodeId: 'x' }, { error: { code: 'INVALID_REQUEST', message: 'unknown nodeId' } }],
  ['node.rename', { nodeId: 'x', displayName: 'y' }, { error: { message: 'unknown nodeId' } }],
  ['node.pair.approve', { requestId: 'x' }, { error: { message: 'unknown requestId' } }],
  [
    'node.invoke',
    { nodeId: 'x', command: 'system.run', idempotencyKey: 'k' },
    { error: { code: 'UNAVAILABLE', message: 'node not connected', details: { code: 'NOT_CONNECTED' } } },
  ],
])('%s of an operator, without any node', async (method, params, expected) => {
  await using gateway = await startTestGateway()
  using client = await gateway.client()
  expect(await client.request(method, params)).toMatchObject(expected)
})

test('a node may report, and hears only what is public', async () => {
  await using gateway = await startTestGateway()
  using node = await gateway.client({ device: makeDevice(), role: 'node', client: { id: 'node-host', mode: 'node' } })
  expect(await node.request('node.event', { event: 'node.host.stats' })).toMatchObject({ ok: true })
  expect(
    await node.request('node.invoke.result', { id: 'x', nodeId: 'y', ok: true, payloadJSON: null, error: null }),
  ).toMatchObject({
    payload: { ok: true, ignored: true },
  })
  expect(await node.request('skills.bins', {})).toMatchObject({ payload: { bins: [] } })
  gateway.publish({ type: 'wire', event: 'sessions.changed', payload: { key: 'k', reason: 'r', ts: 1 } })
  gateway.publish({ type: 'wire', event: 'tick', payload: { ts: 1 } })
  await node.event('tick')
  expect(node.events.map(({ event }) => event)).toEqual(['connect.challenge', 'health', 'tick'])
})
