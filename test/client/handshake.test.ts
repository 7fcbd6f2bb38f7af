import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { establish, type Greeter, type Link } from '../../src/client/establish.ts'
import { connectParams, refusalFault } from '../../src/client/handshake.ts'
import type { Identity } from '../../src/client/identity.ts'
import { clientPaths } from '../../src/client/paths.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { openDirect } from '../../src/tunnel/direct.ts'
import type { GatewayUrl } from '../../src/tunnel/gateway-url.ts'
import { StandInGateway, WireFailure } from '../support/stand-in-gateway.ts'
import { Home } from './support.ts'

async function connect(greeter: Greeter & { url: GatewayUrl }, timeoutMs = 3000): Promise<Link> {
  const tunnel = openDirect({ kind: 'direct', url: greeter.url.href })
  return await establish(tunnel, greeter, { onLost: () => {} }, new AbortController().signal, timeoutMs)
}

const identity: Identity = { deviceId: 'd', publicKey: 'k', sign: (text) => `signed(${text})` }
const who = { id: 'cli', mode: 'cli', version: '1', platform: 'linux', caps: [] } as const

test('connect sends only what protocol 3 knows, and signs the challenge with its own time', () => {
  const secret = { token: new Secret('t'), password: new Secret('p') }
  const params = connectParams(who, identity, secret, { nonce: 'n', ts: 42 }, 7)
  expect(Object.keys(params).sort()).toEqual([
    ...['auth', 'caps', 'client', 'device', 'maxProtocol', 'minProtocol', 'role', 'scopes'],
  ])
  expect(params.client).toEqual({ id: 'cli', mode: 'cli', version: '1', platform: 'linux' })
  expect(params).toMatchObject({ minProtocol: 3, maxProtocol: 4, auth: { token: 't', password: 'p' } })
  const scopes = 'operator.admin,operator.read,operator.write,operator.approvals,operator.pairing'
  expect(params.device).toEqual({
    ...{ id: 'd', publicKey: 'k', signedAt: 42, nonce: 'n' },
    signature: `signed(v2|d|cli|cli|operator|${scopes}|42|t|n)`,
  })
})

test('without a challenge the older proof is signed, stamped with our own clock', () => {
  const params = connectParams(who, identity, {}, undefined, 7)
  expect(params.device?.signature).toMatch(/^signed\(v1\|d\|.*\|7\|\)$/)
  expect(params.auth).toBeUndefined()
  expect(params.device).not.toHaveProperty('nonce')
})

const origin = 'ws://127.0.0.1:1'
test.each([
  ['client.unauthorized', 'unauthorized: gateway token mismatch (provide gateway auth token)', undefined],
  ['client.unauthorized', 'unauthorized: gateway password missing (provide gateway auth password)', undefined],
  ['client.unauthorized', 'other words', { code: 'AUTH_TOKEN_MISMATCH' }],
  ['client.pairing-required', 'pairing required', { requestId: 'r-1' }],
  ['client.pairing-required', 'pairing required: scope-upgrade', { code: 'PAIRING_REQUIRED', requestId: 'r-1' }],
  ['client.protocol-mismatch', 'protocol mismatch', { expectedProtocol: 3 }],
  ['client.clock', 'device signature expired', undefined],
  ['client.clock', 'device nonce mismatch', { code: 'DEVICE_AUTH_NONCE_MISMATCH' }],
  ['client.unauthorized', 'device signature invalid', undefined],
  ['client.closed', 'gateway starting', { reason: 'startup-sidecars' }],
])('%s is what "%s" means', (code, message, details) => {
  expect(refusalFault({ message, details }, origin).code).toBe(code)
})

test('a device that waits for approval is told its request and how to approve it', () => {
  const fault = refusalFault({ message: 'pairing required', details: { requestId: 'r-1' } }, origin)
  expect(fault.remedy).toContain('clawdbot devices approve r-1')
  expect(fault.details).toEqual({ requestId: 'r-1' })
  const deviceId = '0123456789abcdef'.repeat(4)
  const named = refusalFault({ message: 'pairing required', details: { requestId: 'r-1', deviceId } }, origin)
  expect(named.message).toContain('waits for approval as 0123-4567-89ab-cdef')
  const hostile = refusalFault({ message: 'pairing required', details: { requestId: '\u001b[2J; rm -rf' } }, origin)
  expect(hostile.remedy).not.toContain('rm -rf')
})

test('too many attempts is a matter of time, not of the secret', () => {
  const refusal = { message: 'unauthorized', details: { code: 'AUTH_RATE_LIMITED' }, retryAfterMs: 9000 }
  expect(refusalFault(refusal, origin)).toMatchObject({ retryable: true, retryAfterMs: 9000 })
})

test.each([3, 4] as const)(
  'protocol %i: connects, proves the device, and keeps the token it was given',
  async (protocol) => {
    await using home = await Home.make()
    await using gateway = await StandInGateway.start({ protocol, token: 'shared' })
    const greeter = await home.greeter(gateway.url, { token: 'shared' })
    const link = await connect(greeter)
    expect(link.hello.protocol).toBe(protocol)
    expect((await link.rpc.call('health', {})).ok).toBe(true)
    link.close()
    const again = await connect(greeter)
    again.close()
    const sent = gateway.connects.map((params) => (params.auth as { token: string }).token)
    expect(sent[0]).toBe('shared')
    expect(gateway.issued.has(sent[1] ?? '')).toBe(true)
  },
)

test('AU16: a device token is sent to the gateway that gave it and to no other', async () => {
  await using home = await Home.make()
  await using mine = await StandInGateway.start({ token: 'shared' })
  await using rogue = await StandInGateway.start({})
  const link = await connect(await home.greeter(mine.url, { token: 'shared' }))
  link.close()
  const other = await connect(await home.greeter(rogue.url))
  other.close()
  expect(JSON.stringify(rogue.connects)).not.toMatch(new RegExp(['shared', ...mine.issued].join('|')))
  expect(rogue.connects[0]).not.toHaveProperty('auth')
})

test('a device token of the past is dropped, and the shared secret tried once', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ token: 'shared', protocol: 3 })
  const greeter = await home.greeter(gateway.url, { token: 'shared' })
  const first = await connect(greeter)
  first.close()
  gateway.issued.clear()
  const second = await connect(greeter)
  second.close()
  const sent = gateway.connects.map((params) => (params.auth as { token: string }).token === 'shared')
  expect(sent).toEqual([true, false, true])
  gateway.issued.clear()
  gateway.options.token = 'changed'
  await expect(connect(greeter)).rejects.toMatchObject({ code: 'client.unauthorized' })
  expect(gateway.connects).toHaveLength(5)
  expect(await readFile(home.paths.deviceTokens, 'utf8')).not.toContain('"token"')
})

test('a secret typed for this run goes before a stored device token', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ token: 'shared' })
  const first = await connect(await home.greeter(gateway.url, { token: 'shared' }))
  first.close()
  const wrong = connect(await home.greeter(gateway.url, { token: 'wrong', explicit: true }))
  await expect(wrong).rejects.toMatchObject({ code: 'client.unauthorized' })
})

test('a gateway on this machine that sends no challenge is greeted without one', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start({ mute: true })
  const link = await connect(await home.greeter(gateway.url))
  link.close()
  expect(gateway.connects[0]?.device).not.toHaveProperty('nonce')
})

test('a refusal that only comes as a close frame is understood too', async () => {
  await using home = await Home.make()
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => socket.close(1008, 'unauthorized: gateway token missing (provide it)'))
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await expect(connect(await home.greeter(`ws://127.0.0.1:${port}`))).rejects.toMatchObject({
    code: 'client.unauthorized',
    message: expect.stringContaining('wants a token'),
  })
  server.close()
})

test('OP9: a gateway of another protocol is called so, with what this program speaks', () => {
  for (const refusal of [{ message: 'protocol mismatch' }, { message: 'x', details: { code: 'PROTOCOL_MISMATCH' } }]) {
    expect(refusalFault(refusal, 'ws://gateway')).toMatchObject({
      message: 'ws://gateway speaks another version of the gateway protocol',
      remedy: 'This program speaks 3 to 4. Update the older of the two.',
    })
  }
})

test('what is no gateway is called so: another web server, another protocol, a silent port, nobody', async () => {
  await using home = await Home.make()
  await using web = await StandInGateway.start()
  const notHttp = createServer((socket) => socket.end('220 mail.example ESMTP\r\n')).listen(0, '127.0.0.1')
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  const echo = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  echo.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))))
  await Promise.all([notHttp, silent, echo].map((server) => server.address() ?? once(server, 'listening')))
  const port = (server: { address(): unknown }) => (server.address() as AddressInfo).port
  const at = async (where: number) => await home.greeter(`ws://127.0.0.1:${where}`)
  await expect(connect(await at(port(notHttp)))).rejects.toMatchObject({ code: 'client.not-a-gateway' })
  await expect(connect(await at(port(silent)), 100)).rejects.toMatchObject({ code: 'client.timeout' })
  await expect(connect(await at(port(echo)), 1000)).rejects.toMatchObject({ code: 'client.timeout' })
  const { port: gone } = web
  await web[Symbol.asyncDispose]()
  await expect(connect(await at(gone))).rejects.toMatchObject({ code: 'client.refused' })
  for (const server of [notHttp, silent, echo]) server.close()
})

test('the device key is made once, in the shape of the ecosystem, for this account only', async () => {
  await using home = await Home.make()
  const [a, b] = await Promise.all([home.greeter('ws://127.0.0.1:1'), home.greeter('ws://127.0.0.1:1')])
  expect(a.identity.deviceId).toBe(b.identity.deviceId)
  const file = JSON.parse(await readFile(home.paths.deviceKey, 'utf8'))
  expect(Object.keys(file)).toEqual(['version', 'deviceId', 'publicKeyPem', 'privateKeyPem', 'createdAtMs'])
  expect(file.deviceId).toMatch(/^[0-9a-f]{64}$/)
  expect((await stat(home.paths.deviceKey)).mode & 0o777).toBe(0o600)
})

test('state lives in ~/.clawdbot unless the environment moves it', () => {
  expect(clientPaths({}, '/home/u').configPath).toBe('/home/u/.clawdbot/clawdbot.json')
  expect(clientPaths({ CLAWDBOT_STATE_DIR: '~/x' }, '/home/u').deviceKey).toBe('/home/u/x/identity/device.json')
  expect(clientPaths({ CLAWDBOT_CONFIG_PATH: '/etc/c.json' }, '/home/u').configPath).toBe('/etc/c.json')
})

test('a call that fails on the wire keeps its words', async () => {
  await using home = await Home.make()
  const methods = {
    'chat.send': () => {
      throw new WireFailure({ code: 'INVALID_REQUEST', message: 'send blocked by session policy' })
    },
  }
  await using gateway = await StandInGateway.start({ methods })
  const link = await connect(await home.greeter(gateway.url))
  const call = link.rpc.call('chat.send', { sessionKey: 'main', message: 'x', idempotencyKey: 'k' })
  await expect(call).rejects.toThrow('chat.send: send blocked by session policy')
  link.close()
})
