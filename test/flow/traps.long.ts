/** Three traps that people fall into, as they do: what the built programs say on screen, and that it helps. */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { freePort } from '../support/free-port.ts'
import { built, compiledOnce } from '../support/programs.ts'

let home: string
let env: NodeJS.ProcessEnv

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'clawdbot-trap-'))
  mkdirSync(join(home, '.clawdbot'), { mode: 0o700 })
  env = { PATH: process.env.PATH, HOME: home, ...compiledOnce }
})

afterEach(() => rmSync(home, { recursive: true, force: true }))

const settings = (gateway: Record<string, unknown>) =>
  writeFileSync(join(home, '.clawdbot/clawdbot.json'), JSON.stringify({ gateway }), { mode: 0o600 })

/** Code, and the screen with its lines joined, as a person reads it. */
async function run(name: 'clawdbot' | 'clawdbot-server', words: string[], stdin = '') {
  const { promise, resolve } = Promise.withResolvers<{ code: number | null; screen: string }>()
  const child = execFile(process.execPath, [built(name), ...words], { env, timeout: 15_000 }, (_, out, err) =>
    resolve({ code: child.exitCode, screen: `${out}${err}` }),
  )
  child.stdin?.end(stdin)
  return await promise
}

async function holdPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return { port, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}

test('TR2: bind "lan" without a secret is refused before anything listens; the command it names gives one', async () => {
  const port = await freePort()
  settings({ bind: 'lan', port })
  const { code, screen } = await run('clawdbot', ['gateway', 'run'])
  expect(code).not.toBe(0)
  expect(screen).toContain('Refusing to listen on every network of this machine (0.0.0.0) without a token or password')
  expect(screen).toContain('whoever reaches the gateway could run commands here')
  const [, setting = ''] = /openssl rand -hex 32 \| clawdbot (config set \S+ --stdin)/.exec(screen) ?? []
  expect(screen).toMatch(/Or keep gateway\.bind "loopback" and come through SSH or Tailscale/)
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()

  expect(await run('clawdbot', setting.split(' '), 'f'.repeat(64))).toMatchObject({ code: 0 })
  settings({ bind: 'lan', port, auth: { token: 'short' } })
  const { screen: short } = await run('clawdbot', ['gateway', 'run'])
  expect(short).toContain('with a token of fewer than 24 characters: it could be guessed')
})

test('TS9: Funnel with a token is refused, and told what it takes instead', async () => {
  settings({ tailscale: { mode: 'funnel' }, auth: { mode: 'token', token: 'f'.repeat(64) } })
  const { code, screen } = await run('clawdbot', ['gateway', 'run', '--port', String(await freePort())])
  expect(code).not.toBe(0)
  expect(screen).toContain('Refusing Tailscale Funnel: it opens this gateway to the whole internet')
  expect(screen).toContain('needs a password, but gateway.auth.mode is "token"')
  expect(screen).toContain('clawdbot password set')
  expect(screen).toMatch(/If only your own tailnet .* gateway\.tailscale\.mode to "serve"/)
  expect(screen).not.toContain('f'.repeat(64))
})

test('a taken port is told with the program that has it, and another one works', async () => {
  await using held = await holdPort()
  for (const [name, words] of [
    ['clawdbot', ['gateway', 'start']],
    ['clawdbot-server', []],
  ] as const) {
    const { code, screen } = await run(name, [...words, '--port', String(held.port)])
    expect(code).toBe(1)
    expect(screen).toMatch(new RegExp(`^❌ Port ${held.port} is held by .*\\(process ${process.pid}\\)\n`, 'm'))
    expect(screen).toContain('End it, or choose another port with --port.')
  }
})

test('a taken port of a tunnel is told with its holder and the next free one, which --yes takes', async () => {
  await using gateway = await startBuiltGateway()
  await using held = await holdPort()
  expect((await run('clawdbot', ['profiles', 'add', 'vps', '--url', gateway.url])).code).toBe(0)
  const words = ['tunnel', 'up', 'vps', '--local-port', String(held.port)]
  const { code, screen } = await run('clawdbot', words)
  expect(code).toBe(1)
  expect(screen).toContain(`Port ${held.port} of this machine is held by node`)
  expect(screen).toContain(`(process ${process.pid})`)
  const [, free = ''] = /take the next free one with --local-port (\d+), or with --yes/.exec(screen) ?? []

  const tunnel = spawn(process.execPath, [built('clawdbot'), ...words, '--yes'], { env })
  let said = ''
  for (const stream of [tunnel.stdout, tunnel.stderr]) stream.on('data', (piece) => (said += String(piece)))
  await expect.poll(() => said, { timeout: 10_000 }).toContain('✅ Up')
  expect(said).toContain(`Taking ${free}`)
  expect((await fetch(`http://127.0.0.1:${free}/health`)).status).toBe(200)
  tunnel.kill('SIGINT')
  await once(tunnel, 'exit')
})
