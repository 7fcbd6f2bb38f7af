/** The gateway as a service manager sees it: what it refuses to start with, where it listens, and who else may. */

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { freePort } from '../support/free-port.ts'
import { isOpen } from '../support/is-open.ts'
import { built, compiledOnce, requireProgram } from '../support/programs.ts'
import { call, operator } from './support.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clawdbot-process-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const secret = 'a-long-secret-0123456789-abcdefghij'

type Attempt = { code: number | null; output: string; listened: boolean }

/** Starts a gateway that is expected to refuse, and watches its port all the while. */
async function attempt(args: string[], env: Record<string, string> = {}, config?: string): Promise<Attempt> {
  const path = join(folder, 'clawdbot.json')
  if (config !== undefined) writeFileSync(path, config, { mode: 0o600 })
  const port = await freePort()
  const own = { ...compiledOnce, PATH: process.env.PATH ?? '', HOME: folder, CLAWDBOT_STATE_DIR: join(folder, 'state') }
  const child = spawn(process.execPath, [built('clawdbot-server'), '--port', String(port), ...args], {
    env: { ...own, CLAWDBOT_CONFIG_PATH: path, ...env },
    timeout: 8_000,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += String(piece)))
  let listened = false
  let isOver = false
  const watching = (async () => {
    while (!isOver) listened = (await isOpen(port)) || listened
  })()
  const [code] = (await once(child, 'close')) as [number | null]
  isOver = true
  await watching
  return { code, output, listened }
}

describe('TR2: it exits with a failure and never listens', () => {
  const lan = ['--bind', 'lan']
  const json = (gateway: unknown) => JSON.stringify({ gateway })
  test.each<[string, string[], Record<string, string>, string | undefined]>([
    ['beyond loopback without a secret', lan, {}, undefined],
    ['beyond loopback by its configuration, without a secret', [], {}, json({ bind: 'lan' })],
    ['beyond loopback with an empty token', lan, { CLAWDBOT_GATEWAY_TOKEN: '' }, undefined],
    ['beyond loopback with a blank token', lan, { CLAWDBOT_GATEWAY_TOKEN: '   ' }, undefined],
    ['beyond loopback with the token "undefined"', lan, { CLAWDBOT_GATEWAY_TOKEN: 'undefined' }, undefined],
    ['beyond loopback with the token "null"', lan, { CLAWDBOT_GATEWAY_TOKEN: 'null' }, undefined],
    ['beyond loopback with the placeholder of the documents', lan, {}, json({ auth: { token: 'your-token-here' } })],
    ['beyond loopback with a secret of 8 characters', lan, { CLAWDBOT_GATEWAY_TOKEN: 'short123' }, undefined],
    ['beyond loopback with a variable that is not set', lan, {}, json({ auth: { token: '${NOT_SET_ANYWHERE}' } })],
    ['with a configuration that is no JSON', [], { CLAWDBOT_GATEWAY_TOKEN: secret }, '{ "gateway": '],
    ['with an unknown key', [], { CLAWDBOT_GATEWAY_TOKEN: secret }, json({ prot: 18789 })],
    ['with a value of the wrong type', [], { CLAWDBOT_GATEWAY_TOKEN: secret }, json({ port: 'many' })],
    ['with a bind nobody knows', ['--bind', 'everywhere'], { CLAWDBOT_GATEWAY_TOKEN: secret }, undefined],
    ['with a flag nobody knows', ['--no-auth'], { CLAWDBOT_GATEWAY_TOKEN: secret }, undefined],
  ])('%s', async (_, args, env, config) => {
    const { code, output, listened } = await attempt(args, env, config)
    expect(output).toContain('❌')
    expect(code).toBeGreaterThan(0)
    expect(listened).toBe(false)
    expect(output).not.toMatch(/\n\s+at /) // a person reads it
  })

  test('with a configuration it may not read', async () => {
    const { code, listened, output } = await attempt([], {
      CLAWDBOT_GATEWAY_TOKEN: secret,
      CLAWDBOT_CONFIG_PATH: folder,
    })
    expect(code, output).toBeGreaterThan(0)
    expect(listened).toBe(false)
  })
})

test('TR1: it listens on loopback alone, and no other address of this machine answers', async () => {
  await using gateway = await startBuiltGateway()
  const rows = execFileSync(requireProgram('ss'), ['-ltnH'], { encoding: 'utf8' }).split('\n')
  const ours = rows.map((row) => row.trim().split(/\s+/)[3] ?? '').filter((local) => local.endsWith(`:${gateway.port}`))
  expect(ours.length).toBeGreaterThan(0)
  expect(ours.filter((local) => !/^(127\.0\.0\.1|\[::1\]):/.test(local))).toEqual([])
  const others = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal }) => !internal)
  for (const { address, scopeid } of others.filter(({ family }) => family === 'IPv4' || family === 'IPv6')) {
    expect(await isOpen(gateway.port, scopeid ? `${address}%${scopeid}` : address)).toBe(false)
  }
})

test('DU7: a second gateway on the same state refuses and says who has it; a stale lock is taken over', async () => {
  await using first = await startBuiltGateway({ stateDir: folder })
  const second = await attempt([], { CLAWDBOT_STATE_DIR: folder, CLAWDBOT_GATEWAY_TOKEN: first.token })
  expect(second.code).toBeGreaterThan(0)
  expect(second.listened).toBe(false)
  expect(second.output).toContain(String(first.child.pid))
  using client = await operator(first)
  expect(await call(client, 'health')).toMatchObject({ ok: true })
  await first.kill9()
  await using third = await startBuiltGateway({ stateDir: folder })
  expect(third.child.exitCode).toBe(null)
})

test('OP2: several problems of a configuration are told at once, each with its line and what to do', async () => {
  const config = '{\n  "gateway": {\n    "prot": 1,\n    "bind": "everywhere"\n  },\n  "tols": {}\n}\n'
  const { code, output } = await attempt([], { CLAWDBOT_GATEWAY_TOKEN: secret }, config)
  expect(code).toBeGreaterThan(0)
  expect(output).toMatch(/prot.*did you mean.*port/is)
  expect(output).toMatch(/bind/)
  expect(output).toMatch(/tols.*did you mean.*tools/is)
  for (const line of [3, 4, 6]) expect(output).toContain(`${line}`)
  expect(output.split('\n').length).toBeLessThan(20)
})
