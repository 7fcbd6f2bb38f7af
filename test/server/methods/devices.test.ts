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

  test('PA3: nor one that comes back changed and was granted more than that before', async () => {
    await using setup = await withWaiting(['operator.admin'])
    const { gateway, devices, deviceId } = setup
    devices.approve(setup.requestId, () => true)
    const publicKey = devices.find(deviceId)?.publicKey ?? ''
    const ask = { deviceId, publicKey, platform: 'other', role: 'operator' as const, scopes: [] }
    const { requestId } = devices.request(ask).request
    using pairer = await gateway.client({ scopes: ['operator.pairing'] })
    expect(await pairer.request('device.pair.approve', { requestId })).toMatchObject({ error: { code: 'FORBIDDEN' } })
  })

  test('a refusal ends the request and is told', async () => {
    await using setup = await withWaiting()
    using admin = await setup.gateway.client()
    await admin.request('device.pair.reject', { requestId: setup.requestId })
    expect((await admin.event('device.pair.resolved')).payload).toMatchObject({ decision: 'rejected' })
    expect(setup.devices.list()).toEqual({ pending: [], paired: [] })
  })

  test('who refused one by mistake still approves it by its id, as its device is told', async () => {
    await using setup = await withWaiting()
    const { gateway, deviceId, requestId } = setup
    using admin = await gateway.client()
    await admin.request('device.pair.reject', { requestId })
    expect(await admin.request('device.pair.reject', { requestId })).toMatchObject({
      error: { message: 'unknown requestId' },
    })
    expect(await admin.request('device.pair.approve', { requestId })).toMatchObject({
      payload: { requestId, device: { deviceId } },
    })
  })
})

describe('tokens', () => {
  /** A device connected with its own token. */
  async function withDevice() {
    const noted: unknown[] = []
    const changed = (what: string, facts: object) => void noted.push({ what, ...facts })
    const gateway = await startTestGateway({ doorbook: { accepted: () => {}, refused: () => true, changed } })
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
    return { gateway, device, noted, reconnect, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() }
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
      const what = method === 'device.token.revoke' ? 'pairing.revoked' : 'pairing.rotated'
      expect(setup.noted).toMatchObject([{ what, deviceId: setup.device.id, role: 'operator' }])
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

  const rights = ['operator.read', 'operator.write', 'operator.approvals', 'operator.pairing', 'operator.admin']
  const pairs = rights.flatMap((held) => rights.map((wanted) => ({ held, wanted })))

  test('PA4: of all pairs, a caller gives a token only what it holds itself, and ends none that holds more', async () => {
    await using setup = await withWaiting(['operator.admin'])
    const { devices, deviceId } = setup
    devices.approve(setup.requestId, () => true)
    const implied = (held: string, wanted: string) =>
      held === 'operator.admin' ||
      held === wanted ||
      wanted === 'operator.pairing' ||
      (held === 'operator.write' && wanted === 'operator.read')
    const publicKey = devices.find(deviceId)?.publicKey ?? ''
    for (const { held, wanted } of pairs) {
      // The one before may have left it less.
      const again = devices.request({ deviceId, publicKey, role: 'operator', scopes: ['operator.admin'] })
      devices.approve(again.request.requestId, () => true)
      devices.issue(deviceId, 'operator', [wanted])
      using peer = await setup.gateway.client({ scopes: [held, 'operator.pairing'] })
      const params = { deviceId, role: 'operator' }
      const answers = [
        await peer.request('device.token.rotate', params),
        await peer.request('device.token.rotate', { ...params, scopes: [wanted] }),
      ]
      expect([held, wanted, ...answers.map(({ ok }) => ok)]).toEqual([
        held,
        wanted,
        implied(held, wanted),
        implied(held, wanted),
      ])
      if (implied(held, wanted)) continue
      expect(await peer.request('device.token.revoke', params)).toMatchObject({ error: { code: 'FORBIDDEN' } })
    }
  })

  test('PA3: the token of a node is an admin matter', async () => {
    await using setup = await withWaiting([], 'node')
    const { devices, deviceId } = setup
    devices.approve(setup.requestId, () => true)
    devices.issue(deviceId, 'node', [])
    using pairer = await setup.gateway.client({ scopes: ['operator.pairing'] })
    for (const method of ['device.token.rotate', 'device.token.revoke']) {
      expect(await pairer.request(method, { deviceId, role: 'node' })).toMatchObject({ error: { code: 'FORBIDDEN' } })
    }
  })

  test('AU12: who rotates its own token is told the new one before its connection ends', async () => {
    await using setup = await withDevice()
    const client = new RawClient(setup.gateway.url)
    const scopes = ['operator.read', 'operator.pairing']
    await client.connect({ device: setup.device, auth: { token: testToken }, scopes })
    const answer = await client.request('device.token.rotate', { deviceId: setup.device.id, role: 'operator' })
    const { token } = answer.payload as { token: string }
    expect(await client.closed).toEqual({ code: 4001, reason: 'credentials changed' })
    const again = await setup.reconnect(token)
    expect(again.answer.ok).toBe(true)
    again.client.socket.terminate()
  })

  test('a device whose token somebody else rotated gets another when it logs in with the shared secret', async () => {
    await using setup = await withDevice()
    using admin = await setup.gateway.client()
    await admin.request('device.token.rotate', { deviceId: setup.device.id, role: 'operator' })
    const { client, answer } = await setup.reconnect(testToken)
    const { deviceToken } = (answer.payload as { auth: { deviceToken: string } }).auth
    client.socket.terminate()
    const again = await setup.reconnect(deviceToken)
    expect(again.answer.ok).toBe(true)
    again.client.socket.terminate()
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
