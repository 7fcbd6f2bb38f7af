import { expect, test } from 'vitest'
import { loadIdentity } from '../../src/client/identity.ts'
import { deviceFingerprint } from '../../src/shared/protocol/device-fingerprint.ts'
import { Home } from '../client/support.ts'
import { makeDevice } from '../support/device.ts'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { RawClient } from '../support/raw-client.ts'
import { clawdbot } from './world.ts'

/** A gateway, the commands of its owner, and one device that asks from elsewhere. */
async function withOwner() {
  const home = await Home.make()
  const gateway = await startTestGateway()
  const { devices } = gateway.parts
  const device = makeDevice()
  const ask = (
    more: { scopes?: string[]; displayName?: string; platform?: string; role?: 'operator' | 'node' } = {},
  ) => {
    const facts = { deviceId: device.id, publicKey: device.publicKey, displayName: 'Laptop', platform: 'linux' }
    const wants = { role: 'operator' as const, scopes: ['operator.read'], remoteIp: '10.0.0.9' }
    return devices.request({ ...facts, ...wants, ...more }).request.requestId
  }
  return {
    home,
    gateway,
    devices,
    device,
    fingerprint: deviceFingerprint(device.id),
    ask,
    run: (...words: string[]) => clawdbot(home, [...words, '--url', gateway.url, '--token', testToken]),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await home[Symbol.asyncDispose]()
    },
  }
}

test('PA8: a request is shown with fingerprint, address, role, scopes and what is new in it', async () => {
  await using owner = await withOwner()
  const { ask, run, fingerprint, device, devices } = owner
  const first = ask({ displayName: '\u202eLap\u001b[31mtop\u0007' })
  const line = (out: string) =>
    out
      .split('\n')
      .find((text) => text.includes(fingerprint))
      ?.split(/ {2,}/)
  const { out } = await run('devices', 'list')
  expect(out).toContain('Pending (1)\n')
  expect(line(out)).toEqual([
    first,
    fingerprint,
    'Lap[31mtop',
    '10.0.0.9',
    'operator',
    'read',
    'a new device',
    expect.stringMatching(/^\d+m?s ago$/),
  ])
  expect(fingerprint).toBe(
    `${device.id.slice(0, 4)}-${device.id.slice(4, 8)}-${device.id.slice(8, 12)}-${device.id.slice(12, 16)}`,
  )

  expect((await run('devices', 'approve', first)).out).toContain(`✅ Approved ${first}\n`)
  const more = ask({ scopes: ['operator.read', 'operator.write'], platform: 'darwin' })
  expect(line((await run('devices', 'list')).out)?.slice(5, 7)).toEqual(['read, write', 'write, platform darwin'])
  const json = JSON.parse((await run('devices', 'list', '--json')).out)
  expect(json.pending).toMatchObject([{ requestId: more, fingerprint, beyond: ['write', 'platform darwin'] }])
  expect(json.paired).toContainEqual(
    expect.objectContaining({ deviceId: device.id, fingerprint, scopes: ['operator.read'] }),
  )

  expect(await run('devices', 'reject', more)).toMatchObject({ code: 0, out: `✅ Rejected ${more}\n` })
  devices.revoke(device.id, 'operator')
  ask()
  expect(line((await run('devices', 'list')).out)?.at(-2)).toBe('was revoked, read')
})

test('AU12: revoking a device closes its connections and keeps it out; doing it twice says so', async () => {
  await using owner = await withOwner()
  const { run, gateway, device, fingerprint } = owner
  const client = new RawClient(gateway.url)
  await client.connect({ device, auth: { token: testToken }, scopes: ['operator.read'] })
  const { code, out } = await run('devices', 'revoke', fingerprint)
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(/^✅ Revoked .*: operator\n {3}Its connections/),
  })
  expect((await client.closed).code).toBe(4001)
  using again = new RawClient(gateway.url)
  expect(await again.connect({ device, auth: { token: testToken } })).toMatchObject({ error: { code: 'NOT_PAIRED' } })
  const twice = await run('devices', 'revoke', fingerprint)
  expect(twice).toMatchObject({ code: 2, err: expect.stringContaining('is revoked already') })
  expect((await run('devices', 'list')).out).toMatch(/operator revoked \d+m?s ago\n/)
})

test('a request is meant by its id, the beginning of it, or the whole fingerprint; what nobody asked is said to be so', async () => {
  await using owner = await withOwner()
  const { run, ask, fingerprint, device, devices } = owner
  for (const [name, scope] of [
    [(id: string) => id.slice(0, 8), 'operator.read'],
    [() => fingerprint.toUpperCase(), 'operator.write'],
    [() => device.id, 'operator.approvals'],
  ] as const) {
    const id = ask({ scopes: [scope] })
    expect(await run('devices', 'approve', name(id))).toMatchObject({
      code: 0,
      out: expect.stringContaining(`✅ Approved ${id}\n`),
    })
  }
  const rejected = ask({ scopes: ['operator.admin'] })
  expect(await run('devices', 'reject', fingerprint)).toMatchObject({ code: 0, out: `✅ Rejected ${rejected}\n` })
  const remedy =
    '   See: clawdbot devices list. Give eight signs of the request id or the whole fingerprint; it waits five minutes.\n'
  for (const word of [fingerprint, rejected.slice(0, 8), 'ffffffff-0000-4000-8000-000000000000']) {
    expect(await run('devices', 'reject', word)).toEqual({
      ...{ code: 2, out: '' },
      err: `❌ No device waits for approval as ${word}\n${remedy}`,
    })
  }
  // Its device is told this id, and the mistake can be mended.
  expect(await run('devices', 'approve', rejected)).toMatchObject({ code: 0 })
  ask({ scopes: [] })
  for (const [word, why] of [
    ['', 'needs one request id'],
    [fingerprint.slice(0, 9), 'No device waits'],
    [devices.list().pending[0]?.requestId.slice(0, 7) ?? '', 'No device waits'],
  ] as const) {
    expect(await run('devices', 'approve', word)).toMatchObject({ code: 2, err: expect.stringContaining(why) })
  }
})

test('AU12, PA5: rotating closes its connections and prints no token; fewer scopes are all it then gets, on this machine too', async () => {
  await using owner = await withOwner()
  const { run, gateway, device, fingerprint, devices } = owner
  const client = new RawClient(gateway.url)
  await client.connect({ device, auth: { token: testToken }, scopes: ['operator.read', 'operator.write'] })
  const { code, out } = await run('devices', 'rotate', fingerprint, '--scopes', 'read')
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('   operator: read\n') })
  expect((await client.closed).code).toBe(4001)
  expect(devices.find(device.id)).toMatchObject({ scopes: ['operator.read'], tokens: [{ scopes: ['operator.read'] }] })
  const again = new RawClient(gateway.url)
  const wants = { device, auth: { token: testToken }, scopes: ['operator.read', 'operator.write'] }
  expect(await again.connect(wants)).toMatchObject({ ok: false, error: { details: { reason: 'scope-upgrade' } } })
  const json = JSON.parse((await run('devices', 'rotate', device.id, '--json')).out)
  expect(json).toMatchObject({
    ok: true,
    rotated: [{ deviceId: device.id, role: 'operator', scopes: ['operator.read'] }],
  })
  expect(json.rotated[0]).not.toHaveProperty('token')
})

test('a device is named by its fingerprint alone, and the one in use only on purpose', async () => {
  await using owner = await withOwner()
  const { run, home, device, fingerprint, ask, devices } = owner
  devices.approve(ask(), () => true)
  const refused = async (...words: string[]) => {
    const { code, err } = await run('devices', ...words)
    return [code, err.split('\n')[0]]
  }
  expect(await refused('revoke')).toEqual([2, expect.stringContaining('needs one fingerprint')])
  expect(await refused('revoke', device.id.slice(0, 7))).toEqual([2, expect.stringContaining('too short')])
  expect(await refused('revoke', 'ffff-ffff-ffff-fff0')).toEqual([2, expect.stringContaining('No approved device')])
  expect(await refused('rotate', fingerprint, '--role', 'node')).toEqual([2, expect.stringContaining('no role "node"')])
  expect(await refused('rotate', fingerprint, '--scopes', 'king')).toEqual([
    2,
    expect.stringContaining('no scope "king"'),
  ])
  const own = deviceFingerprint((await loadIdentity(home.paths.deviceKey, Date.now)).deviceId)
  expect(await refused('revoke', own)).toEqual([2, '❌ That is the device you are using'])
  expect(await refused('rotate', own, '--scopes', 'read')).toEqual([2, '❌ That is the device you are using'])
  expect((await run('devices', 'rotate', own)).code).toBe(0)
  expect((await run('devices', 'revoke', own, '--self')).code).toBe(0)
  expect((await run('devices', 'list')).err).toContain('waits for approval')
})
