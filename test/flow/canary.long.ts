/** A marker in every place a secret can lie, then everything a gateway does: no marker may turn up where it does not belong. */

import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { connectParamsOf, makeDevice } from '../support/device.ts'
import { RawClient } from '../support/raw-client.ts'
import { vendorServer } from '../support/vendor-server.ts'
import { call, ended, operator, send } from './support.ts'

const marker = (slot: string) => `canary-${slot}-${randomUUID()}`
const reference = (name: string) => ['$', `{${name}}`].join('')

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'clawdbot-canary-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** The bytes of every file below as Latin-1 text, by path. */
function filesIn(path: string): Map<string, string> {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    entries.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'latin1')]),
  )
}

test('SE4: markers in every secret turn up in no log, transcript, frame, argument list, child or other file', async () => {
  const secrets = {
    token: marker('token'),
    configured: marker('configured-key'),
    fromEnvironment: marker('environment-key'),
    header: marker('header'),
    hosted: marker('hosted-key'),
    remote: marker('remote'),
  }
  const guess = marker('guess')
  // This vendor repeats what it was sent, as careless ones do.
  await using vendor = await vendorServer(({ headers }) => ({
    status: headers.authorization?.includes('configured') ? 400 : 401,
    body: JSON.stringify({ error: { message: `bad request with ${JSON.stringify(headers)}` } }),
  }))
  const stateDir = folder()
  const provider = (apiKey: string) => ({
    baseUrl: `${vendor.url}/v1`,
    api: 'openai-completions',
    apiKey,
    headers: { 'x-extra': secrets.header },
    models: [{ id: 'm' }],
  })
  await using gateway = await startBuiltGateway({
    stateDir,
    config: {
      gateway: { remote: { url: 'ws://127.0.0.1:1', token: secrets.remote } },
      models: { providers: { one: provider(secrets.configured), two: provider(reference('SECOND_KEY')) } },
      tools: { exec: { security: 'full' } },
      logging: { level: 'trace' },
    },
    env: { CLAWDBOT_GATEWAY_TOKEN: secrets.token, SECOND_KEY: secrets.fromEnvironment, OPENAI_API_KEY: secrets.hosted },
  })
  const clients = []
  const device = makeDevice()
  for (const protocol of [3, 4] as const) {
    using client = await operator({ url: gateway.url, token: secrets.token }, { protocol, device })
    const sessionKey = `agent:main:canary-${protocol}`
    const say = async (message: string) => {
      const runId = randomUUID()
      await send(client, message, runId, sessionKey)
      await ended(client, runId)
    }
    await say('run env')
    await say('run tr "\\0" "\\n" < /proc/self/environ')
    await say(`run tr "\\0" " " < /proc/${gateway.child.pid}/cmdline`)
    for (const model of ['one:m', 'two:m']) {
      await say(`/model ${model}`)
      await say('hello')
    }
    await say('/status')
    for (const method of [
      'health',
      'status',
      'config.get',
      'models.list',
      'sessions.list',
      'device.pair.list',
      'usage.status',
    ]) {
      await call(client, method)
    }
    await call(client, 'logs.tail', { limit: 1000 })
    // The answer to connect hands this device its own token, and is meant to.
    clients.push(client.frames.slice(2))
  }
  for (const auth of [{ token: guess }, { password: guess }, { deviceToken: guess, token: secrets.hosted }]) {
    using stranger = new RawClient(`${gateway.url}/?token=${guess}`)
    await stranger.connect({ auth, device: makeDevice(), client: { displayName: 'a stranger' } })
    clients.push(stranger.frames)
  }
  // Whoever shows a secret as something else is refused; the log must not keep it. What they get back is their own text.
  for (const secret of Object.values(secrets)) {
    using careless = new RawClient(gateway.url)
    await careless.challenge()
    await careless.request('connect', { ...connectParamsOf({}), [secret]: 'in the wrong place' })
  }
  const answer = await fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions?key=${guess}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${guess}` },
  })
  const cmdline = readFileSync(`/proc/${gateway.child.pid}/cmdline`, 'latin1')
  await gateway[Symbol.asyncDispose]()

  const places = new Map([
    ...filesIn(stateDir),
    ['frames', JSON.stringify(clients)],
    ['printed', gateway.output()],
    ['http', await answer.text()],
    ['cmdline', cmdline],
  ])
  // Where they belong: the one file the owner wrote them into.
  places.delete(join(stateDir, 'clawdbot.json'))
  const found = [...places].flatMap(([place, text]) =>
    [...Object.values(secrets), guess]
      .filter((secret) => text.includes(secret))
      .map((secret) => `${secret} in ${place}`),
  )
  expect(found).toEqual([])
  expect([...places.keys()].filter((place) => place.endsWith('.log') || place.endsWith('.db'))).toHaveLength(3)
  expect(vendor.requests.length).toBeGreaterThanOrEqual(4)
}, 60_000)

test('SE5: 15 KB headers, escapes and line ends from strangers are one short, escaped line of the log each', async () => {
  const stateDir = folder()
  await using gateway = await startBuiltGateway({ stateDir, config: { logging: { level: 'trace' } } })
  const hostile = '\u001b[2J\u001b]0;owned\u0007\r\n{"level":"fatal"}\u202e\u0000'
  const long = 'A'.repeat(15_000)
  const knock = (headers: Record<string, string>) =>
    new Promise<void>((resolve) => {
      const sent = request({ port: gateway.port, host: '127.0.0.1', path: `/${'p'.repeat(200)}`, headers })
      sent.on('response', (response) => response.resume().on('end', resolve)).on('error', () => resolve())
      sent.end()
    })
  for (const name of ['user-agent', 'origin', 'x-forwarded-for', 'authorization', 'cookie'])
    await knock({ [name]: long })
  const strangers: { displayName: string; role: string }[] = [
    { displayName: hostile, role: 'operator' },
    { displayName: long.slice(0, 250), role: hostile },
    { displayName: 'x', role: hostile.repeat(5) },
  ]
  for (const { displayName, role } of strangers) {
    using stranger = new RawClient(gateway.url, { headers: { 'user-agent': long } })
    await stranger.connect({ auth: { token: hostile }, device: makeDevice(), client: { displayName }, role })
    using other = new RawClient(gateway.url)
    await other.challenge()
    await other.request('connect', { [hostile]: hostile, client: { id: long, mode: hostile } })
  }
  await gateway[Symbol.asyncDispose]()
  const [bytes = ''] = [...filesIn(join(stateDir, 'logs')).values()]
  const text = Buffer.from(bytes, 'latin1').toString()
  const lines = text.trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(5)
  expect(lines.filter((line) => line.length > 1500)).toEqual([])
  const records = lines.map((line) => JSON.parse(line) as { 1: string; _meta: { logLevelName: string } })
  expect(records.map(({ _meta }) => _meta.logLevelName)).not.toContain('FATAL')
  expect(records.filter((record) => /[\p{Cc}\p{Cf}]/u.test(record[1]))).toEqual([])
})

test('SE6: what lies in the current folder sets no path, program, endpoint or credential', async () => {
  const hostileFolder = folder()
  const stateDir = folder()
  const pulled = join(hostileFolder, 'pulled')
  const settings = JSON.stringify({
    gateway: { auth: { token: 'planted-token-planted-token' }, port: 1 },
    tools: { exec: { security: 'full' } },
  })
  mkdirSync(join(hostileFolder, '.clawdbot'))
  for (const name of ['clawdbot.json', '.clawdbot/clawdbot.json', 'config.json'])
    writeFileSync(join(hostileFolder, name), settings)
  for (const name of ['.env', '.env.local', '.clawdbot/.env']) {
    writeFileSync(
      join(hostileFolder, name),
      `CLAWDBOT_GATEWAY_TOKEN=planted-token-planted-token\nCLAWDBOT_STATE_DIR=${pulled}\nNODE_OPTIONS=--require=${hostileFolder}/evil.cjs\nOPENAI_API_KEY=x\n`,
    )
  }
  const evil = `#!/bin/sh\ntouch ${pulled}\n`
  for (const name of ['git', 'sh', 'uptime', 'node', 'tailscale', 'ssh'])
    writeFileSync(join(hostileFolder, name), evil, { mode: 0o755 })
  writeFileSync(join(hostileFolder, 'evil.cjs'), `require('node:fs').writeFileSync(${JSON.stringify(pulled)}, '')`)
  writeFileSync(join(hostileFolder, '.npmrc'), `node-options=--require=${hostileFolder}/evil.cjs\n`)
  await using gateway = await startBuiltGateway({ stateDir, cwd: hostileFolder })
  using stranger = new RawClient(gateway.url)
  expect((await stranger.connect({ auth: { token: 'planted-token-planted-token' } })).ok).toBe(false)
  using client = await operator(gateway)
  expect(await call(client, 'config.get')).toMatchObject({ path: join(stateDir, 'clawdbot.json'), exists: false })
  expect(await call(client, 'exec.approval.list')).toEqual({ approvals: [] })
  const runId = randomUUID()
  const asked = client.event('exec.approval.requested')
  await send(client, 'run uptime', runId)
  const { request: shown } = (await asked).payload as { request: { resolvedPath: string; cwd: string } }
  expect(shown.resolvedPath).not.toContain(hostileFolder)
  expect(shown.cwd).toBe(join(stateDir, 'workspace'))
  await gateway[Symbol.asyncDispose]()
  expect(readdirSync(hostileFolder)).not.toContain('pulled')
})
