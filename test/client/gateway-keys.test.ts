import { stat, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { establish } from '../../src/client/establish.ts'
import { GatewayKeys, newNonce } from '../../src/client/gateway-keys.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { openDirect } from '../../src/tunnel/direct.ts'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { startSshd } from '../support/sshd.ts'
import { challengeOf, StandInGateway } from '../support/stand-in-gateway.ts'
import { Home } from './support.ts'

/** One login with the secret; resolves with nothing, or rejects with the fault. */
async function login(home: Home, url: string, timeoutMs?: number): Promise<void> {
  const greeter = await home.greeter(url, { token: testToken })
  const tunnel = openDirect({ kind: 'direct', url })
  const link = await establish(tunnel, greeter, { onLost: () => {} }, new AbortController().signal, timeoutMs)
  link.close()
}

/** What a program that sits at the known address hears of us. */
function secretsIn(fake: StandInGateway): unknown[] {
  return fake.connects.map(({ auth }) => auth)
}

test('AU17: once known, a gateway has to prove itself before it is told a secret; a fake at its address gets none', async () => {
  await using home = await Home.make()
  const keys = new GatewayKeys(home.paths.gatewayKeys, systemClock)
  const real = await startTestGateway()
  const { port } = real.server
  const { origin } = await home.greeter(real.url)
  await login(home, real.url)
  await login(home, real.url)
  expect(await keys.get(origin)).toEqual({ publicKey: real.parts.key.publicKey, host: `127.0.0.1:${port}` })
  expect((await stat(home.paths.gatewayKeys)).mode & 0o077).toBe(0)
  await real[Symbol.asyncDispose]()

  await using fake = await StandInGateway.start({ port })
  await expect(login(home, fake.url)).rejects.toMatchObject({
    code: 'client.untrusted',
    message: expect.stringContaining('no secret was sent'),
    remedy: expect.stringContaining(`profiles trust ${origin}`),
  })
  fake.options.mute = true
  await expect(login(home, fake.url, 1_000)).rejects.toMatchObject({ code: 'client.timeout' })
  expect(secretsIn(fake)).toEqual([])
  expect(await keys.forget(origin)).toBe(true)
  fake.options.mute = false
  await login(home, fake.url)
  expect(secretsIn(fake)).toEqual([{ token: expect.any(String) }])
})

test('AU17: another gateway with a key of its own is not the known one', async () => {
  await using home = await Home.make()
  const first = await startTestGateway()
  await login(home, first.url)
  const { port } = first.server
  await first[Symbol.asyncDispose]()
  await using other = await startTestGateway({ listen: [{ host: '127.0.0.1', port }] })
  await expect(login(home, other.url)).rejects.toMatchObject({
    code: 'client.untrusted',
    message: expect.stringContaining('another key'),
  })
  expect(other.logged.filter((line) => line.includes('connected'))).toEqual([])
})

test('AU17: a program that passes on what the real gateway signs at its new port is found out', async () => {
  await using home = await Home.make()
  const first = await startTestGateway()
  await login(home, first.url)
  const { port } = first.server
  await first[Symbol.asyncDispose]()
  await using moved = await startTestGateway({ key: first.parts.key })
  await using fake = await StandInGateway.start({ port, relay: moved.url })
  await expect(login(home, fake.url)).rejects.toMatchObject({ code: 'client.untrusted' })
  expect(secretsIn(fake)).toEqual([])
})

test('AU17: what the real gateway signed for somebody else, or an earlier login, is no proof', async () => {
  await using home = await Home.make()
  const real = await startTestGateway()
  await login(home, real.url)
  const { port } = real.server
  const replay = await challengeOf(real.url, newNonce())
  expect(replay).toMatchObject({ gateway: { publicKey: real.parts.key.publicKey } })
  await real[Symbol.asyncDispose]()
  await using fake = await StandInGateway.start({ port, replay })
  await expect(login(home, fake.url)).rejects.toMatchObject({
    code: 'client.untrusted',
    message: expect.stringContaining('does not prove'),
  })
  expect(secretsIn(fake)).toEqual([])
})

test('AU17: known by one way, it has to prove itself by the others too: a fake at the second address of a profile gets nothing', async () => {
  await using home = await Home.make()
  await using real = await startTestGateway()
  await login(home, real.url)
  const { origin } = await home.greeter(real.url)
  await using fake = await StandInGateway.start()
  const urls = [fake.url, real.url] as const
  await using seen = await home.connect(urls, { token: testToken })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  expect(seen.connection.view.url).toBe(origin)
  expect(secretsIn(fake)).toEqual([])
  await using alone = await home.connect([fake.url, real.url], { token: testToken })
  await real[Symbol.asyncDispose]()
  await alone.until(({ connection }) => connection.view.fault?.message.includes('does not prove') === true)
  expect(alone.connection.view.fault?.message).toContain(`the gateway known at ${origin}`)
  expect(secretsIn(fake)).toEqual([])
})

test('AU17: the same gateway by another way is known at once, and by that way from then on', async () => {
  await using home = await Home.make()
  await using sshd = await startSshd()
  await using real = await startTestGateway()
  const { port } = real.server
  await login(home, real.url)
  const others = [sshd.way({ gatewayPort: port })]
  await using seen = await home.connect('ws://127.0.0.1:1', { token: testToken }, { others, home: sshd.home })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  const keys = new GatewayKeys(home.paths.gatewayKeys, systemClock)
  expect(await keys.get(seen.connection.view.url)).toMatchObject({ publicKey: real.parts.key.publicKey })
})

test('AU17: keys and tokens of gateways met at the same moment are all kept', async () => {
  await using home = await Home.make()
  await using gateways = new AsyncDisposableStack()
  const met = await Promise.all(Array.from({ length: 6 }, async () => gateways.use(await startTestGateway())))
  await Promise.all(met.map(({ url }) => login(home, url)))
  const keys = new GatewayKeys(home.paths.gatewayKeys, systemClock)
  for (const { url, parts } of met) {
    const { origin, tokens } = await home.greeter(url)
    expect((await keys.get(origin))?.publicKey).toBe(parts.key.publicKey)
    expect(await tokens.get(origin, 'operator')).toBeDefined()
  }
})

test('a damaged list of keys is told and not taken for an empty one', async () => {
  await using home = await Home.make()
  await using real = await startTestGateway()
  await login(home, real.url)
  await writeFile(home.paths.gatewayKeys, '{')
  await expect(login(home, real.url)).rejects.toMatchObject({ code: 'state.damaged' })
})

test('gateways that know nothing of it are greeted as ever', async () => {
  await using home = await Home.make()
  await using other = await StandInGateway.start()
  await login(home, other.url)
  await login(home, other.url)
  expect(other.connects).toHaveLength(2)
  expect(await new GatewayKeys(home.paths.gatewayKeys, systemClock).get(other.url)).toBeUndefined()
})
