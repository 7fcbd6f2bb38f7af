import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { readGatewayConfig } from '../../src/client/gateway-config.ts'
import type { Env } from '../../src/client/paths.ts'
import { resolveTarget, type TargetFlags } from '../../src/client/target.ts'
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
  await expect(readGatewayConfig(home.paths.configPath, {})).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining(problem),
  })
})

test('blank secrets are none, and $${NAME} is the literal', async () => {
  await using home = await Home.make()
  const text = { gateway: { auth: { token: ' ', password: '$${NAME}-${lower}-${UP}' } }, other: ['ignored'] }
  await put(home.paths.configPath, JSON.stringify(text))
  const { auth } = await readGatewayConfig(home.paths.configPath, { UP: 'x' })
  expect(auth.token).toBeUndefined()
  expect(auth.password?.reveal()).toBe('${NAME}-${lower}-x')
})
