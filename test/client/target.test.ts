import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { readGatewayConfig } from '../../src/client/gateway-config.ts'
import type { Env } from '../../src/client/paths.ts'
import { readProfiles } from '../../src/client/profile-store.ts'
import { allProfiles } from '../../src/client/profiles.ts'
import { chooseProfile, saveProfile } from '../../src/client/saved-profiles.ts'
import { profileTarget, resolveTarget, type TargetFlags } from '../../src/client/target.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import { noPrompts, type Prompts } from '../../src/tunnel/prompts.ts'
import { cheapHash } from '../support/password-hash.ts'
import { Home } from './support.ts'

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

/** `url token/password explicit?` of what was chosen. */
async function choose(home: Home, flags: TargetFlags = {}, env: Env = {}): Promise<string> {
  const { origin, isSecretExplicit, ...target } = await resolveTarget(flags, env, home.paths)
  const secret = await target.secret(new AbortController().signal)
  const shown = [secret.token?.reveal() ?? '-', secret.password?.reveal() ?? '-'].join('/')
  return `${origin} ${shown}${isSecretExplicit ? ' typed' : ''}`
}

const local = (port: number) => `ws://127.0.0.1:${port}`

test('port: flag before environment before a running gateway before configuration before 18789', async () => {
  await using home = await Home.make()
  expect(await choose(home)).toBe(`${local(18789)} -/-`)
  await put(home.paths.configPath, '{ gateway: { port: 4001 } }')
  expect(await choose(home)).toBe(`${local(4001)} -/-`)
  await put(home.paths.runtimeFile, JSON.stringify({ pid: process.pid, port: 4002 }))
  expect(await choose(home)).toBe(`${local(4002)} -/-`)
  expect(await choose(home, {}, { CLAWDBOT_GATEWAY_PORT: '4003' })).toBe(`${local(4003)} -/-`)
  expect(await choose(home, { port: 4004 }, { CLAWDBOT_GATEWAY_PORT: '4003' })).toBe(`${local(4004)} -/-`)
  await expect(choose(home, {}, { CLAWDBOT_GATEWAY_PORT: 'x' })).rejects.toMatchObject({ code: 'usage.invalid' })
})

test('a gateway that has ended leaves its port only where nothing else names one', async () => {
  await using home = await Home.make()
  await put(home.paths.runtimeFile, JSON.stringify({ pid: 2 ** 30, port: 4002 }))
  expect(await choose(home)).toBe(`${local(4002)} -/-`)
  await put(home.paths.configPath, '{ gateway: { port: 4001 } }')
  expect(await choose(home)).toBe(`${local(4001)} -/-`)
})

test('secret: flag before environment before configuration before the generated one', async () => {
  await using home = await Home.make()
  await put(home.paths.gatewayToken, 'generated\n')
  expect(await choose(home)).toBe(`${local(18789)} generated/-`)
  await put(home.paths.configPath, "{ gateway: { auth: { token: '${SECRET}', }, } } // JSON5")
  expect(await choose(home, {}, { SECRET: 'configured' })).toBe(`${local(18789)} configured/-`)
  const env = { SECRET: 'configured', CLAWDBOT_GATEWAY_TOKEN: 'environment' }
  expect(await choose(home, {}, env)).toBe(`${local(18789)} environment/- typed`)
  expect(await choose(home, { password: 'flag' }, env)).toBe(`${local(18789)} -/flag typed`)
})

test('AU16: a secret at rest goes to its own gateway only', async () => {
  await using home = await Home.make()
  const remote = { url: 'wss://g.example', token: 'far', tlsFingerprint: `sha256:${'AB:'.repeat(31)}AB` }
  await put(home.paths.configPath, JSON.stringify({ gateway: { auth: { token: 'near' }, remote } }))
  expect(await choose(home)).toBe(`${local(18789)} near/-`)
  expect(await choose(home, { url: 'ws://localhost:18789' })).toBe('ws://localhost:18789 near/-')
  expect(await choose(home, { url: 'ws://127.0.0.1:9999' })).toBe('ws://127.0.0.1:9999 -/-')
  expect(await choose(home, { url: 'wss://g.example:443/' })).toBe('wss://g.example:443 far/-')
  expect(await choose(home, { url: 'wss://g.example.evil.example' })).toBe('wss://g.example.evil.example:443 -/-')
  expect(await choose(home, {}, { CLAWDBOT_GATEWAY_URL: 'wss://other.example' })).toBe('wss://other.example:443 -/-')
})

test('gateway.mode remote points everything at gateway.remote, with its pin', async () => {
  await using home = await Home.make()
  const remote = { url: 'wss://g.example', password: 'p', tlsFingerprint: 'ab'.repeat(32) }
  await put(home.paths.configPath, JSON.stringify({ gateway: { mode: 'remote', remote } }))
  expect(await choose(home)).toBe('wss://g.example:443 -/p')
  const { ways } = await resolveTarget({}, {}, home.paths)
  expect(ways[0]).toMatchObject({ tlsFingerprint: 'ab'.repeat(32) })
  expect(await choose(home, { port: 18789 })).toBe(`${local(18789)} -/-`)
})

test('gateway.mode remote without gateway.remote.url is refused, and is not this machine in silence', async () => {
  await using home = await Home.make()
  await put(home.paths.configPath, '{ gateway: { mode: "remote" } }')
  await expect(choose(home)).rejects.toMatchObject({
    code: 'config.invalid',
    remedy: expect.stringContaining('config set gateway.remote.url'),
  })
  expect(await choose(home, { port: 18789 })).toBe(`${local(18789)} -/-`)
})

test('a fingerprint of a certificate is not ignored where none is shown, and no gateway is named twice', async () => {
  await using home = await Home.make()
  const pin = { tlsFingerprint: 'ab'.repeat(32) }
  const refused = '--tls-fingerprint is of a certificate, and ws://127.0.0.1:'
  for (const flags of [{}, { port: 4000 }, { profile: 'local' }, { url: 'ws://127.0.0.1:4000' }])
    await expect(choose(home, { ...flags, ...pin })).rejects.toThrow(refused)
  expect(await choose(home, { url: 'wss://g.example', ...pin })).toBe('wss://g.example:443 -/-')
  await expect(choose(home, { url: 'wss://g.example', port: 1 })).rejects.toThrow('--url and --port name two gateways')
  await expect(choose(home, { profile: 'local', port: 1 })).rejects.toThrow('--profile and --port name two gateways')
})

/** A home with the profiles `vps` (ssh, a token in a file), `far` (direct, no secret) and `second` (here, port 4100). */
async function withProfiles(): Promise<Home> {
  const home = await Home.make()
  const keeping = { paths: home.paths, clock: systemClock }
  const secret = { source: 'file', secret: 'token' } as const
  await saveProfile({ name: 'vps', ways: [{ kind: 'ssh', host: 'vps' }], secret }, new Secret('of-vps'), keeping)
  await saveProfile({ name: 'far', ways: [{ kind: 'direct', url: 'wss://g.example' }] }, undefined, keeping)
  await saveProfile({ name: 'second', ways: [{ kind: 'local', port: 4100 }] }, undefined, keeping)
  return home
}

test('gateway: flag before environment before the profile in use before gateway.remote before this machine', async () => {
  await using home = await withProfiles()
  const chosen = async (flags: TargetFlags = {}, env: Env = {}) => {
    const { name, source } = await resolveTarget(flags, env, home.paths)
    return `${name} by ${source.replace(home.dir, '')}`
  }
  const use = (name: string) => chooseProfile(name, { paths: home.paths, clock: systemClock })
  expect(await chosen()).toBe('local by this machine')
  await put(home.paths.configPath, '{ gateway: { mode: "remote", remote: { url: "wss://r.example" } } }')
  expect(await chosen()).toBe('remote by gateway.remote.url in /state/clawdbot.json')
  await use('far')
  expect(await chosen()).toBe('far by the profile in use')
  await use('local')
  expect(await chosen()).toBe('local by the profile in use')
  const env = { CLAWDBOT_PROFILE: 'VPS' }
  expect(await chosen({}, env)).toBe('vps by CLAWDBOT_PROFILE')
  const louder = { ...env, CLAWDBOT_GATEWAY_URL: 'wss://e.example' }
  expect(await chosen({}, louder)).toBe('remote by CLAWDBOT_GATEWAY_URL')
  expect(await chosen({ profile: 'far' }, louder)).toBe('far by --profile')
  expect(await chosen({ port: 4000 }, louder)).toBe('local by this machine')
  expect(await chosen({ url: 'wss://u.example' }, louder)).toBe('remote by --url')
  await expect(chosen({ profile: 'fra' })).rejects.toThrow('There is no profile "fra". Did you mean far?')
  await expect(chosen({}, { CLAWDBOT_PROFILE: 'fra' })).rejects.toMatchObject({
    message: 'There is no profile "fra". Did you mean far?',
    remedy: expect.stringContaining('CLAWDBOT_PROFILE names it'),
  })
  await expect(chosen({ profile: 'far', url: 'wss://u.example' })).rejects.toThrow(
    '--profile and --url name two gateways',
  )
  await expect(chosen({ profile: 'far', insecure: true })).rejects.toThrow('belong to the address they are typed with')
})

test('AU16: a profile sends its own secret to its own ways, and nobody else sends or gets it', async () => {
  await using home = await withProfiles()
  const remote = { url: 'wss://g.example', token: 'of-far' }
  await put(home.paths.configPath, JSON.stringify({ gateway: { auth: { token: 'near' }, remote } }))
  const env = { CLAWDBOT_GATEWAY_TOKEN: 'environment' }
  const ssh = 'ssh://vps/127.0.0.1:18789'
  expect(await choose(home, { profile: 'vps' }, env)).toBe(`${ssh} of-vps/-`)
  expect(await choose(home, { profile: 'vps', token: 'typed' }, env)).toBe(`${ssh} typed/- typed`)
  expect(await choose(home, { profile: 'far' }, env)).toBe('wss://g.example:443 of-far/-')
  expect(await choose(home, { profile: 'local' })).toBe(`${local(18789)} near/-`)
  expect(await choose(home, { profile: 'local' }, env)).toBe(`${local(18789)} environment/- typed`)
  expect(await choose(home, { profile: 'second' })).toBe(`${local(4100)} near/-`)
  expect(await choose(home, { url: 'wss://vps' })).toBe('wss://vps:443 -/-')
})

test('a profile of this machine may be started, at its port; what is typed with --url may not', async () => {
  await using home = await withProfiles()
  const autostart = async (flags: TargetFlags) => (await resolveTarget(flags, {}, home.paths)).autostart
  expect(await autostart({})).toEqual({ port: undefined })
  expect(await autostart({ port: 4000 })).toEqual({ port: 4000 })
  expect(await autostart({ profile: 'second' })).toEqual({ port: 4100 })
  expect(await autostart({ profile: 'vps' })).toBeUndefined()
  expect(await autostart({ url: 'ws://127.0.0.1:18789' })).toBeUndefined()
})

test('each saved profile has its target, whichever is in use', async () => {
  await using home = await withProfiles()
  const { profiles } = await readProfiles(home.paths.profiles)
  const world = { flags: {}, env: {}, paths: home.paths, prompts: noPrompts, source: 'the list' }
  const targets = await Promise.all(allProfiles({ version: 1, profiles }).map((one) => profileTarget(one, world)))
  expect(targets.map(({ name, origin, profile }) => [name, origin, profile?.name])).toEqual([
    ['local', local(18789), 'local'],
    ['vps', 'ssh://vps/127.0.0.1:18789', 'vps'],
    ['far', 'wss://g.example:443', 'far'],
    ['second', local(4100), 'second'],
  ])
  expect(new Set(targets.map(({ id }) => id)).size).toBe(4)
})

test('a damaged list stops what would need it, and not local, --url or --port', async () => {
  await using home = await Home.make()
  await put(home.paths.profiles, '{')
  await expect(choose(home)).rejects.toMatchObject({ code: 'state.damaged' })
  await expect(choose(home, { profile: 'vps' })).rejects.toMatchObject({ code: 'state.damaged' })
  for (const flags of [{ profile: 'local' }, { port: 18789 }, { url: 'ws://127.0.0.1:18789' }]) {
    expect(await choose(home, flags)).toBe(`${local(18789)} -/-`)
  }
})

test.each([
  [
    '{ gateway: { auth: { token: "${MISSING}" } } }',
    'Missing env var "MISSING" referenced at config path: gateway.auth.token',
  ],
  ['{ gateway: { port: "many" } }', 'gateway.port'],
  ['{ gateway: ', 'invalid end of input'],
])('a configuration that would have to be guessed is refused: %s', async (text, problem) => {
  await using home = await Home.make()
  await put(home.paths.configPath, text)
  await expect(readGatewayConfig(home.paths, {})).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining(problem),
  })
})

test('blank secrets are none, and $${NAME} is the literal', async () => {
  await using home = await Home.make()
  const text = { gateway: { auth: { token: ' ', password: '$${NAME}-${lower}-${UP}' } }, other: ['ignored'] }
  await put(home.paths.configPath, JSON.stringify(text))
  const { auth } = await readGatewayConfig(home.paths, { UP: 'x' })
  expect(auth.token).toBeUndefined()
  expect(auth.password?.reveal()).toBe('${NAME}-${lower}-x')
})

test('where the settings keep a hash, the person is asked for the password, and the hash is sent to nobody', async () => {
  await using home = await Home.make()
  const hash = cheapHash('the password of this test')
  await put(home.paths.configPath, JSON.stringify({ gateway: { auth: { password: hash } } }))
  const asked: unknown[] = []
  const gatewaySecret: Prompts['gatewaySecret'] = async (question) => {
    asked.push(question)
    return new Secret('typed')
  }
  for (const flags of [{}, { url: 'ws://127.0.0.1:18789' }]) {
    const target = await resolveTarget(flags, {}, home.paths, { ...noPrompts, gatewaySecret })
    const { password, token } = await target.secret(new AbortController().signal)
    expect([password?.reveal(), token]).toEqual(['typed', undefined])
  }
  expect(asked).toEqual(Array(2).fill({ kind: 'gateway-secret', profile: 'local', secret: 'password' }))
})
