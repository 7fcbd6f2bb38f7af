import { describe, expect, test } from 'vitest'
import { openDeviceBook } from '../../../src/server/devices/device-store.ts'
import { openDatabase } from '../../../src/server/storage/database.ts'
import { ManualClock } from '../../support/clock.ts'
import { makeDevice } from '../../support/device.ts'
import { startTestGateway, testToken } from '../../support/gateway.ts'
import { RawClient } from '../../support/raw-client.ts'

/** A gateway where one device waits for approval, asking for `scopes`. */
async function withWaiting(scopes = ['operator.admin'], role: 'operator' | 'node' = 'operator') {
  const db = openDatabase({ path: ':memory:' })
  const devices = openDeviceBook({ db, clock: new ManualClock() })
  const gateway = await startTestGateway({ devices })
  const { id: deviceId, publicKey } = makeDevice()
  const { request } = devices.request({ deviceId, publicKey, role, scopes })
  return {
    devices,
    gateway,
    deviceId,
    requestId: request.requestId,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      db[Symbol.dispose]()
    },
  }
}

describe('approving', () => {
  test('an admin approves, and everyone who may pair is told', async () => {
    await using setup = await withWaiting()
    const { gateway, deviceId, requestId } = setup
    using admin = await gateway.client()
    using watcher = await gateway.client({ scopes: ['operator.pairing'] })
    expect(await admin.request('device.pair.list')).toMatchObject({
      payload: { pending: [{ requestId, deviceId }], paired: [] },
    })
    expect(await admin.request('device.pair.approve', { requestId })).toMatchObject({
      payload: { requestId, device: { deviceId, scopes: ['operator.admin'] } },
    })
    const told = await watcher.event('device.pair.resolved')
    expect(told.payload).toMatchObject({ requestId, deviceId, decision: 'approved' })
    expect(await admin.request('device.pair.approve', { requestId })).toMatchObject({
      error: { code: 'INVALID_REQUEST', message: 'unknown requestId' },
    })
  })

  test.each([
    ['more than it holds', ['operator.admin'], 'operator', 'operator.admin'],
    ['one scope it lacks', ['operator.pairing', 'operator.write'], 'operator', 'operator.write'],
    ['a node', [], 'node', 'operator.admin'],
  ] as const)('PA3: one that may only pair cannot let in %s', async (_, scopes, role, missing) => {
    await using setup = await withWaiting([...scopes], role)
    using pairer = await setup.gateway.client({ scopes: ['operator.pairing'] })
    expect(await pairer.request('device.pair.approve', { requestId: setup.requestId })).toMatchObject({
      error: { code: 'FORBIDDEN', message: `missing scope: ${missing}` },
    })
    expect(setup.devices.list().pending).toHaveLength(1)
  })

  test('a refusal ends the request and is told', async () => {
    await using setup = await withWaiting()
    using admin = await setup.gateway.client()
    await admin.request('device.pair.reject', { requestId: setup.requestId })
    expect((await admin.event('device.pair.resolved')).payload).toMatchObject({ decision: 'rejected' })
    expect(setup.devices.list()).toEqual({ pending: [], paired: [] })
  })
})

describe('tokens', () => {
  /** A device connected with its own token. */
  async function withDevice() {
    const gateway = await startTestGateway()
    const device = makeDevice()
    const first = new RawClient(gateway.url)
    const hello = await first.connect({ device, auth: { token: testToken }, scopes: ['operator.read'] })
    const { deviceToken } = (hello.payload as { auth: { deviceToken: string } }).auth
    first.socket.terminate()
    const reconnect = async (token = deviceToken) => {
      const client = new RawClient(gateway.url)
      const answer = await client.connect({ device, auth: { token }, scopes: ['operator.read'] })
      return { client, answer }
    }
    return { gateway, device, reconnect, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() }
  }

  test.each(['device.token.revoke', 'device.token.rotate'])(
    'AU12: %s refuses the old token and closes what it opened',
    async (method) => {
      await using setup = await withDevice()
      const { client, answer } = await setup.reconnect()
      expect(answer.ok).toBe(true)
      using admin = await setup.gateway.client()
      expect(await admin.request(method, { deviceId: setup.device.id, role: 'operator' })).toMatchObject({ ok: true })
      expect(await client.closed).toEqual({ code: 4001, reason: 'credentials changed' })
      const again = await setup.reconnect()
      expect(again.answer).toMatchObject({ ok: false, error: { message: expect.stringContaining('token mismatch') } })
      expect(await admin.request('health')).toMatchObject({ ok: true })
    },
  )

  test('PA4: a rotated token never holds more than the caller, nor more than the device was granted', async () => {
    await using setup = await withDevice()
    using pairer = await setup.gateway.client({ scopes: ['operator.pairing'] })
    using admin = await setup.gateway.client()
    const params = { deviceId: setup.device.id, role: 'operator' }
    expect(await pairer.request('device.token.rotate', params)).toMatchObject({ error: { code: 'FORBIDDEN' } })
    expect(await admin.request('device.token.rotate', { ...params, scopes: ['operator.admin'] })).toMatchObject({
      error: { message: 'unknown deviceId/role' },
    })
  })

  test('whoever rotates the token of another device does not learn it', async () => {
    await using setup = await withDevice()
    using admin = await setup.gateway.client()
    const answer = await admin.request('device.token.rotate', { deviceId: setup.device.id, role: 'operator' })
    expect(answer.payload).not.toHaveProperty('token')
  })

  test.each(['device.token.revoke', 'device.token.rotate'])('%s of what nobody has is refused', async (method) => {
    await using setup = await withDevice()
    using admin = await setup.gateway.client()
    for (const params of [
      { deviceId: 'x', role: 'operator' },
      { deviceId: setup.device.id, role: 'node' },
      { deviceId: setup.device.id, role: 'king' },
    ]) {
      expect(await admin.request(method, params)).toMatchObject({ error: { message: 'unknown deviceId/role' } })
    }
  })
})
