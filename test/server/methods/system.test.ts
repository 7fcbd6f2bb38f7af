import { expect, test } from 'vitest'
import { makeDevice } from '../../support/device.ts'
import { startTestGateway } from '../../support/gateway.ts'

test('presence is an array: the gateway first, each device once, one-shot commands not at all', async () => {
  await using gateway = await startTestGateway()
  const device = makeDevice()
  using screen = await gateway.client({ device, client: { displayName: 'laptop' } })
  using again = await gateway.client({ device })
  using command = await gateway.client({ client: { id: 'cli', mode: 'cli' } })
  const { payload } = await command.request('system-presence')
  expect(payload).toMatchObject([{ mode: 'gateway', reason: 'self', host: 'testhost' }, { deviceId: device.id }])
  expect(payload).toHaveLength(2)
  for (const client of [screen, again]) expect((await client.event('presence')).stateVersion).toBeDefined()
})

test('a reported fact shows in the list, and everyone who reads is told', async () => {
  await using gateway = await startTestGateway()
  using client = await gateway.client()
  const params = { text: 'lid closed', deviceId: 'mac-1', host: 'mac', lastInputSeconds: 30, reason: 'lid' }
  expect(await client.request('system-event', params)).toMatchObject({ payload: { ok: true } })
  const told = await client.event('presence', ({ presence }) => JSON.stringify(presence).includes('lid closed'))
  expect(told.payload).toMatchObject({
    presence: expect.arrayContaining([expect.objectContaining({ deviceId: 'mac-1' })]),
  })
})

test('no heartbeat was ever recorded, and null says so', async () => {
  await using gateway = await startTestGateway()
  using client = await gateway.client()
  expect(await client.request('last-heartbeat')).toMatchObject({ ok: true, payload: null })
})

test('with a hundred screens connected, a hello stays under 20 KB', async () => {
  await using gateway = await startTestGateway()
  const clients = await Promise.all(
    Array.from({ length: 100 }, (_, i) => gateway.client({ client: { instanceId: `i${i}` } })),
  )
  const hello = clients.at(-1)?.frames.find((frame) => frame.type === 'res')
  expect(JSON.stringify(hello).length).toBeLessThan(10_000)
  for (const client of clients) client.socket.terminate()
})
