import { expect, test } from 'vitest'
import { nobody } from '../../src/cli/person.ts'
import { loadIdentity } from '../../src/client/identity.ts'
import { deviceFingerprint } from '../../src/shared/protocol/device-fingerprint.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { clawdbot, type WorldOptions } from './world.ts'

/** A gateway, its owner on this machine, and a second machine: it comes by an address that is no name of this one. */
async function twoMachines() {
  const [owner, other] = [await Home.make(), await Home.make()]
  const noted: { what: string; facts: Readonly<Record<string, unknown>> }[] = []
  const port = await freePort()
  const gateway = await startTestGateway({
    listen: ['127.0.0.1', '127.0.0.2'].map((host) => ({ host, port })),
    ownHosts: ['127.0.0.2'],
    doorbook: { accepted: () => {}, refused: () => true, changed: (what, facts) => void noted.push({ what, facts }) },
  })
  const far = `ws://127.0.0.2:${port}`
  await clawdbot(other, ['profiles', 'add', 'vps', '--url', far, '--secret-env', 'VPS'])
  const run = (words: string[], options: WorldOptions = {}) =>
    clawdbot(other, words, { env: { VPS: testToken }, ...options })
  return {
    gateway,
    noted,
    far,
    owner: (...words: string[]) =>
      clawdbot(owner, ['devices', ...words, '--url', `ws://127.0.0.1:${port}`, '--token', testToken]),
    other: run,
    code: async (...words: string[]) => {
      const { out } = await clawdbot(owner, [
        ...['devices', 'pair', '--json', ...words, '--url', `ws://127.0.0.1:${port}`, '--token', testToken],
      ])
      return JSON.parse(out) as { code: string; scopes: string[]; expiresAtMs: number; setupCode?: string }
    },
    fingerprint: async () => deviceFingerprint((await loadIdentity(other.paths.deviceKey, Date.now)).deviceId),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await owner[Symbol.asyncDispose]()
      await other[Symbol.asyncDispose]()
    },
  }
}

/** Somebody at the keyboard who answers every question with the next of these lines. */
const typist = (...lines: string[]) => ({
  ...nobody(async () => ''),
  isThere: true,
  line: async () => lines.shift() ?? '',
  hidden: async () => new Secret(lines.shift() ?? ''),
})

test('PA7: a code shown on one machine lets the other in, with what it grants, and only once', async () => {
  await using both = await twoMachines()
  const shown = await both.owner('pair', '--scopes', 'read')
  expect(shown.code).toBe(0)
  const code = /Pairing code: (\w{4}-\w{4})\n/.exec(shown.out)?.[1] ?? ''
  expect(shown.out).toMatch(/Grants: +read\n +Counts: +once, within 10m/)
  expect(shown.out).toContain('clawdbot profiles pair <profile>')
  expect(shown.out).toContain('--public-url')

  expect(await both.other(['health', '--profile', 'vps'])).toMatchObject({ code: 3 })
  expect(await both.other(['profiles', 'pair', 'vps', code.toLowerCase()])).toMatchObject({
    code: 0,
    out: '✅ vps knows this device, which may: read\n',
  })
  // From now on its own token does, without the secret, and still for reading only.
  expect(await both.other(['health', '--profile', 'vps'], { env: {} })).toMatchObject({ code: 0 })
  const { err } = await both.other(['devices', 'list', '--profile', 'vps'])
  expect(err).toContain('missing scope: operator.pairing')

  expect(both.noted.map(({ what }) => what)).toEqual(['pairing.code-issued', 'pairing.code-used'])
  expect(both.noted[1]?.facts).toMatchObject({ code: both.noted[0]?.facts.code, role: 'operator' })
  expect(JSON.stringify(both.noted)).not.toContain(code)
  const again = await both.other(['profiles', 'pair', 'vps', code])
  expect(again).toMatchObject({ code: 3, err: expect.stringContaining('wrong, used or too old') })
})

test('a code goes with a new profile, and one that is wrong says so and leaves the profile', async () => {
  await using both = await twoMachines()
  const add = ['profiles', 'add', 'box', '--url', both.far, '--secret-env', 'VPS', '--pair-code']
  expect(await both.other([...add, 'K7QF'])).toMatchObject({ code: 2, err: expect.stringContaining('eight signs') })
  const wrong = await both.other([...add, 'K7QF-3M9X'])
  expect(wrong).toMatchObject({ code: 3, out: expect.stringContaining('✅ Added box') })
  expect(wrong.err).toContain('That pairing code is wrong, used or too old')
  expect(wrong.err).toContain(await both.fingerprint())
  const { code } = await both.code()
  expect(
    await both.other(['profiles', 'pair', 'box', '--json'], { env: { VPS: testToken }, input: `${code}\n` }),
  ).toMatchObject({
    code: 0,
    out: expect.stringContaining('"operator.approvals"'),
  })
})

test('who is at a terminal is asked for the code when a command has to wait for approval', async () => {
  await using both = await twoMachines()
  const { code } = await both.code()
  const ran = await both.other(['health', '--profile', 'vps'], { person: typist('AAAA-AAAA', code) })
  expect(ran.code).toBe(0)
  expect(ran.err).toBe(
    `The gateway does not know this device yet; it waits for approval as ${await both.fingerprint()}\n` +
      'That code is wrong, used or too old, or this device was revoked.\n',
  )
})

test('the QR code holds the address and the code, and no secret', async () => {
  await using both = await twoMachines()
  const { code, setupCode = '' } = await both.code('--public-url', 'wss://gw.example')
  expect(JSON.parse(Buffer.from(setupCode, 'base64url').toString())).toEqual({
    url: 'wss://gw.example',
    bootstrapToken: code,
  })
  const { out } = await both.owner('pair', '--public-url', 'wss://gw.example')
  expect(out).toMatch(/[█▀▄]{20}/)
  expect(out).toContain('The QR code holds wss://gw.example and the code')
  // Nothing pushes it up: all of it is on a screen of 24 rows, with the shell's next line below.
  const drawn = out.slice(out.search(/[█▀▄]{20}/)).split('\n')
  expect(drawn.pop()).toBe('')
  expect(drawn.filter((line) => !/^[█▀▄ ]{20,}$/.test(line))).toEqual([])
  expect(drawn.length).toBeLessThan(23)
  expect(await both.owner('pair', '--public-url', 'wss://gw.example', '--no-qr')).toMatchObject({
    out: expect.not.stringMatching(/[█▀▄]/),
  })
  // An address that would carry it in the clear is refused, also for a phone.
  expect(await both.owner('pair', '--public-url', 'ws://gw.example')).toMatchObject({ code: 2 })
})

test('PA3: an approval can be made smaller than what was asked, and its device then does with that', async () => {
  await using both = await twoMachines()
  await both.other(['health', '--profile', 'vps'])
  const [request] = both.gateway.parts.devices.list().pending
  const id = request?.requestId ?? ''
  expect(await both.owner('approve', id, '--scopes', 'king')).toMatchObject({ code: 2 })
  const approved = await both.owner('approve', id, '--scopes', 'read')
  expect(approved.out).toMatch(/Scopes: +read\n/)
  expect(await both.other(['health', '--profile', 'vps'])).toMatchObject({ code: 0 })
  expect(both.noted.at(-1)).toMatchObject({
    what: 'pairing.granted',
    facts: { requestId: id, scopes: ['operator.read'] },
  })
  // It asks for all and is content: nobody is asked again.
  expect(both.gateway.parts.devices.list().pending).toEqual([])
  expect(await both.other(['sessions', 'list', '--profile', 'vps'])).toMatchObject({ code: 0 })
})

test('PA7: codes are made by an admin only, for scopes that exist, and end with the device that made them', async () => {
  await using both = await twoMachines()
  const { gateway } = both
  for (const scopes of [['operator.pairing'], ['operator.write', 'operator.approvals'], ['operator.read'], []]) {
    using client = await gateway.client({ scopes })
    expect(await client.request('device.code.create', {})).toMatchObject({
      error: { code: 'FORBIDDEN', message: 'missing scope: operator.admin' },
    })
  }
  using admin = await gateway.client()
  expect(await admin.request('device.code.create', { scopes: ['operator.king'] })).toMatchObject({
    error: { message: 'unknown scope: operator.king' },
  })
  const { code } = await both.code()
  const own = gateway.parts.devices.list().paired.find(({ roles }) => roles?.includes('operator'))
  await admin.request('device.token.revoke', { deviceId: own?.deviceId, role: 'operator' })
  expect(await both.other(['profiles', 'pair', 'vps', code])).toMatchObject({ code: 3 })
})
