import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { readGatewayConfig } from '../../src/client/gateway-config.ts'
import { runGateway } from '../../src/server/run-gateway.ts'
import { Home } from '../client/support.ts'
import { RawClient } from '../support/raw-client.ts'
import { clawdbot } from './world.ts'

const token = 'the-token-of-this-test-is-long'
const key = 'sk-the-key-of-this-test'

const settings = `{
  // where it listens
  gateway: { auth: { token: '${token}' /* mine */ }, remote: { url: 'wss://far.example', token: 'far-token' } },
  models: { providers: { openai: { apiKey: '${key}' }, 'my.host': { baseUrl: 'http://127.0.0.1:1/v1', apiKey: 'other' } } },
  env: { vars: { GEMINI_API_KEY: 'gem' } },
}
`

async function homeWith({ config = settings, env }: { config?: string; env?: string } = {}): Promise<Home> {
  const home = await Home.make()
  await mkdir(home.paths.stateDir, { recursive: true, mode: 0o700 })
  await writeFile(home.paths.configPath, config, { mode: 0o600 })
  if (env !== undefined) await writeFile(home.paths.gatewayEnv, env, { mode: 0o600 })
  return home
}

const textOf = async (path: string) => await readFile(path, 'utf8').catch(() => '')

test('move takes every secret out of the settings, which mean the same and keep their comments; no copy stays', async () => {
  await using home = await homeWith()
  await writeFile(`${home.paths.configPath}.bak`, settings, { mode: 0o600 })
  const before = (await clawdbot(home, ['secrets'])).out
  expect(before).toContain('⚠️  gateway.auth.token stands in the settings as it is')
  const { code, out } = await clawdbot(home, ['secrets', 'move'])
  expect(code).toBe(0)
  expect(out).toMatch(/✅ env\.vars\.GEMINI_API_KEY is out of the settings, and kept in /)
  const config = await textOf(home.paths.configPath)
  expect(config).toContain('// where it listens')
  expect(config).toContain(['token: "$', '{CLAWDBOT_GATEWAY_TOKEN}" /* mine */'].join(''))
  expect(config).toContain(['apiKey: "$', '{OPENAI_API_KEY}"'].join(''))
  expect(config).not.toContain('GEMINI')
  const kept = await textOf(home.paths.gatewayEnv)
  expect(kept.split('\n').filter((line) => /^\w/.test(line))).toEqual([
    `CLAWDBOT_GATEWAY_TOKEN=${token}`,
    'CLAWDBOT_GATEWAY_REMOTE_TOKEN=far-token',
    `OPENAI_API_KEY=${key}`,
    'MY_HOST_API_KEY=other',
    'GEMINI_API_KEY=gem',
  ])
  expect((await stat(home.paths.gatewayEnv)).mode & 0o777).toBe(0o600)
  const told = `${out}${(await clawdbot(home, ['secrets', 'list', '--json'])).out}${before}${config}${await textOf(`${home.paths.configPath}.bak`)}`
  for (const secret of [token, key, 'far-token', 'gem\n']) expect(told).not.toContain(secret)
  expect((await clawdbot(home, ['config', 'validate'])).code).toBe(0)
  const { auth, remote } = await readGatewayConfig(home.paths, {})
  expect([auth.token?.reveal(), remote.token?.reveal()]).toEqual([token, 'far-token'])
  expect((await clawdbot(home, ['secrets', 'move'])).out).toContain('No secret stands')
})

test('one can be moved alone; a name that holds something else is not taken', async () => {
  await using home = await homeWith({ env: 'OPENAI_API_KEY=mine\n' })
  const { out } = await clawdbot(home, ['secrets', 'move', 'models.providers.openai.apiKey', '--json'])
  expect(JSON.parse(out).moved).toEqual([{ setting: 'models.providers.openai.apiKey', name: 'OPENAI_API_KEY_2' }])
  expect(await textOf(home.paths.configPath)).toContain(token)
  expect((await clawdbot(home, ['secrets', 'move', 'gateway.port'])).err).toContain('No secret stands')
})

test('set and unset keep every other line; a value never comes out, and one that is named stays', async () => {
  await using home = await homeWith({
    config: '{ models: { providers: { openai: { apiKey: "${MY_KEY}" } } } }',
    env: '# mine\nTZ=UTC\n',
  })
  expect((await clawdbot(home, ['secrets', 'set', 'MY_KEY', '--stdin'], { input: 'a b"c\n' })).code).toBe(0)
  expect(await textOf(home.paths.gatewayEnv)).toBe('# mine\nTZ=UTC\nMY_KEY="a b\\"c"\n')
  const list = await clawdbot(home, ['secrets', 'list'])
  expect(list.out).toContain('MY_KEY: models.providers.openai.apiKey')
  expect(list.out).toContain('TZ: nothing uses it')
  expect(list.out).not.toContain('a b')
  const refused = await clawdbot(home, ['secrets', 'unset', 'MY_KEY'])
  expect(refused).toMatchObject({
    code: 2,
    err: expect.stringContaining('models.providers.openai.apiKey needs MY_KEY'),
  })
  expect((await clawdbot(home, ['secrets', 'unset', 'TZ'])).code).toBe(0)
  expect((await clawdbot(home, ['secrets', 'unset', 'TZ'])).code).toBe(1)
  expect(await textOf(home.paths.gatewayEnv)).toBe('# mine\nMY_KEY="a b\\"c"\n')
  expect((await clawdbot(home, ['secrets', 'set', 'a b', '--stdin'], { input: 'x' })).code).toBe(2)
  expect((await clawdbot(home, ['secrets', 'set', 'X', '--stdin'], { input: '' })).code).toBe(2)
})

test('lines of gateway.env that are passed over are told with their number, and never with what stands there', async () => {
  await using home = await homeWith({ env: 'FOO\n=x\nA B=c\n# fine\n\nX="unterminated\nhidden\n' })
  const { out } = await clawdbot(home, ['secrets'])
  expect(out.match(/Line \d+/g)).toEqual(['Line 1', 'Line 2', 'Line 3', 'Line 6'])
  expect(out).toContain('Line 6 opens a quote that nothing closes')
  const { err, code } = await clawdbot(home, ['config', 'validate'])
  expect(code).toBe(0)
  expect(err).toContain(`⚠️  Line 1 of ${home.paths.gatewayEnv} is no NAME=value, and is passed over\n   Correct it`)
  const doctor = await clawdbot(home, ['doctor'], { env: { CLAWDBOT_GATEWAY_PORT: '1' } })
  expect(doctor.out).toMatch(/⚠️ {2}Config: +Line 1 of .* \(and 3 more: clawdbot config validate\)/)
  for (const text of [out, err, doctor.out]) expect(text).not.toMatch(/FOO|A B|hidden/)
})

test('SE2: a gateway.env that others may read, or that is a link, is read by neither end', async () => {
  await using home = await homeWith({ config: '{}', env: 'A=1\n' })
  await chmod(home.paths.gatewayEnv, 0o640)
  expect(await clawdbot(home, ['secrets', 'list'])).toMatchObject({
    code: expect.any(Number),
    err: expect.stringContaining('chmod 600'),
  })
  await expect(readGatewayConfig(home.paths, {})).rejects.toMatchObject({ code: 'secret.unavailable' })
  await using other = await homeWith({ config: '{}' })
  await symlink(home.paths.gatewayEnv, other.paths.gatewayEnv)
  expect((await clawdbot(other, ['secrets', 'list'])).err).toContain('symbolic link')
  await expect(readGatewayConfig(other.paths, {})).rejects.toMatchObject({ code: 'secret.unavailable' })
})

test('AU12, SE6: a gateway takes secrets from its own gateway.env, also when it changes, and not from the folder it starts in', async () => {
  await using home = await homeWith({
    config: '{ gateway: { reload: { debounceMs: 50 } } }',
    env: `CLAWDBOT_GATEWAY_TOKEN=${token}\n`,
  })
  await writeFile(join(home.dir, 'gateway.env'), 'CLAWDBOT_GATEWAY_TOKEN=from-the-folder-it-starts-in\n')
  await writeFile(join(home.dir, '.env'), 'CLAWDBOT_GATEWAY_TOKEN=from-the-folder-it-starts-in\n')
  const stop = new AbortController()
  const printed: string[] = []
  const env = { CLAWDBOT_STATE_DIR: home.paths.stateDir, HOME: home.dir }
  const ended = runGateway({
    ...{ flags: { port: 0 }, env, home: home.dir, signal: stop.signal },
    print: (line) => void printed.push(line),
  })
  await vi.waitFor(() => expect(printed.join('\n')).toContain('Auth mode'), { timeout: 5_000 })
  const url = /ws:\S+/.exec(printed.join('\n'))?.[0] ?? ''
  using client = new RawClient(url)
  expect((await client.connect({ auth: { token } })).ok).toBe(true)
  const { out } = await clawdbot(home, ['token', 'rotate', '--show', '--json'])
  expect(JSON.parse(out)).toMatchObject({ kept: 'environment file', path: home.paths.gatewayEnv })
  expect(await client.closed).toEqual({ code: 4001, reason: 'credentials changed' })
  using again = new RawClient(url)
  expect((await again.connect({ auth: { token: JSON.parse(out).token } })).ok).toBe(true)
  stop.abort()
  await ended
})

test('security audit --fix moves what can be moved without changing what it means, once', async () => {
  await using home = await homeWith()
  const { out } = await clawdbot(home, ['security', 'audit', '--fix', '--json'])
  const { repaired, findings } = JSON.parse(out)
  expect(repaired.filter(({ id }: { id: string }) => id.startsWith('config.secrets'))).toHaveLength(5)
  expect(findings.filter(({ id }: { id: string }) => id.startsWith('config.secrets'))).toEqual([])
  expect(out).not.toContain(token)
  expect(JSON.parse((await clawdbot(home, ['security', 'audit', '--fix', '--json'])).out).repaired).toEqual([])
})
