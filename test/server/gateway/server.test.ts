import { expect, test } from 'vitest'
import { startGatewayServer } from '../../../src/server/gateway/server.ts'
import { helloOk } from '../../../src/shared/protocol/connect.ts'
import { methodTable } from '../../../src/shared/protocol/table.ts'
import { Secret } from '../../../src/shared/std/secret.ts'
import { makeDevice } from '../../support/device.ts'
import { newsOf, startTestGateway, testToken } from '../../support/gateway.ts'
import { RawClient } from '../../support/raw-client.ts'

test.each([3, 4] as const)(
  'a protocol %i peer is greeted with every method of the table and its device token',
  async (protocol) => {
    await using gateway = await startTestGateway()
    using client = new RawClient(gateway.url)
    const answer = await client.connect({
      protocol,
      device: makeDevice(),
      auth: { token: testToken },
      scopes: ['operator.admin'],
    })
    const hello = helloOk().parse(answer.payload)
    expect(hello.protocol).toBe(protocol)
    expect(hello.features.methods).toEqual([...methodTable.keys()])
    expect(hello.auth?.deviceToken).toBeTypeOf('string')
    expect(hello.policy.tickIntervalMs).toBe(30_000)
    const health = await client.event('health')
    expect(health).toMatchObject({ seq: expect.any(Number), stateVersion: { presence: expect.any(Number) } })
  },
)

test('OP3: stopping tells everyone, lets a call under way finish, and closes with 1012', async () => {
  const slow = Promise.withResolvers<void>()
  await using gateway = await startTestGateway()
  gateway.parts.handlers.agent['agent.wait'] = async ({ runId }) => {
    await slow.promise
    return { runId, status: 'ok' }
  }
  await using second = await startTestGateway({ handlers: gateway.parts.handlers })
  using client = await second.client()
  const pending = client.request('agent.wait', { runId: 'r' })
  await client.request('health')
  const stopping = second.server.stop()
  await client.event('shutdown', (payload) => payload.reason === 'gateway stopping')
  expect(await RawClient.status(second.url)).not.toBe(101)
  slow.resolve()
  expect(await pending).toMatchObject({ ok: true, payload: { status: 'ok' } })
  expect(await client.closed).toEqual({ code: 1012, reason: 'service restart' })
  await stopping
})

test('a run reaches a protocol 3 and a protocol 4 peer in their own shapes', async () => {
  await using gateway = await startTestGateway()
  using v3 = await gateway.client({ protocol: 3 })
  using v4 = await gateway.client({ protocol: 4 })
  const run = newsOf('k1', 'main')
  for (const news of [run.started(), run.text('hello'), run.text(' there'), run.ended()]) gateway.publish(news)
  const isChat = (state: string) => (payload: Record<string, unknown>) => payload.state === state
  expect((await v3.event('chat', isChat('delta'))).payload).toMatchObject({
    sessionKey: 'main',
    message: { content: [{ type: 'text', text: 'hello' }] },
  })
  expect((await v4.event('chat', isChat('delta'))).payload).toMatchObject({ deltaText: 'hello' })
  for (const client of [v3, v4]) {
    const final = await client.event('chat', isChat('final'))
    expect(final.payload).toMatchObject({ message: { content: [{ type: 'text', text: 'hello there' }] } })
    const seqs = client.events.map(({ seq }) => seq).filter((seq) => seq !== undefined)
    expect(seqs).toEqual(seqs.map((_, index) => index + 1))
  }
})

test.each([
  '',
  '  ',
  'undefined',
  'null',
  'changeme',
  '<token>',
  ['$', '{CLAWDBOT_GATEWAY_TOKEN}'].join(''),
  'your-token-here',
])('TR2, AU14: with the secret %j the gateway does not listen', async (value) => {
  await using gateway = await startTestGateway()
  const parts = { ...gateway.parts, secret: () => ({ mode: 'token' as const, secret: new Secret(value) }) }
  await expect(startGatewayServer(parts)).rejects.toMatchObject({ code: 'gateway.bind-refused' })
})
