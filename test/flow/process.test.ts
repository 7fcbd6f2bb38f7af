/** The gateway as a service manager sees it: what it refuses to start with, where it listens, how it stops and reloads. */

import { execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { freePort } from '../support/free-port.ts'
import { built, compiledOnce, requireProgram } from '../support/programs.ts'
import { slowModel, words } from '../support/slow-model.ts'
import { ask, call, heard, history, operator, send, textOf } from './support.ts'

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

function isOpen(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1_000 })
    const end = (is: boolean) => () => {
      socket.destroy()
      setTimeout(resolve, 5, is)
    }
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false))
  })
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

test('OP3: SIGTERM in mid-stream says goodbye, keeps what was said, closes with 1012, leaves no process, exits 0', async () => {
  const mark = String(800_000 + Math.floor(Math.random() * 90_000))
  await using model = await slowModel(({ question, messages }) =>
    question === 'work' && messages.at(-1)?.role === 'user'
      ? [{ tool: 'exec', args: { command: `sleep ${mark}` } }]
      : [...words('one two three '), new Promise(() => {})],
  )
  const config = model.config({ tools: { exec: { security: 'full' } } })
  await using first = await startBuiltGateway({ stateDir: folder, config })
  const client = await operator(first)
  await send(client, 'talk', 'talk', 'agent:main:talk')
  await send(client, 'work', 'work', 'agent:main:work')
  await expect.poll(() => heard(client, 'talk')).toContain('one')
  const sleepers = () =>
    execFileSync(requireProgram('ps'), ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line === `sleep ${mark}`)
  await expect.poll(() => sleepers().length).toBe(1)
  const since = Date.now()
  const exit = once(first.child, 'exit')
  first.child.kill('SIGTERM')
  const shutdown = await client.event('shutdown')
  expect(shutdown.payload).toMatchObject({ restartExpectedMs: null })
  expect(await client.closed).toEqual({ code: 1012, reason: 'service restart' })
  expect((await exit)[0]).toBe(0)
  expect(Date.now() - since).toBeLessThan(12_000)
  expect(sleepers()).toEqual([])
  expect(await isOpen(first.port)).toBe(false)
  const order = client.events.map(({ event }) => event)
  expect(order.indexOf('shutdown')).toBeGreaterThan(-1)

  await using second = await startBuiltGateway({ stateDir: folder, config })
  using after = await operator(second)
  const [, reply] = await history(after, 'agent:main:talk')
  expect(textOf(reply?.content)).toBe('one two three ')
  expect((await history(after, 'agent:main:work')).at(-1)?.role).not.toBe('user')
})

test('SE1: after conversations, commands, files, logs and a crash, nothing in the state is open to others', async () => {
  await using model = await slowModel(({ messages }) => {
    const tools: [string, Record<string, unknown>][] = [
      ['write', { path: 'notes/a.txt', content: 'hello' }],
      ['exec', { command: 'mkdir -p deep && echo made > deep/file.txt' }],
    ]
    const next = tools[messages.filter(({ role }) => role === 'tool').length]
    return next ? [{ tool: next[0], args: next[1] }] : ['done']
  })
  const config = model.config({ tools: { exec: { security: 'full' } } })
  await using first = await startBuiltGateway({ stateDir: folder, config })
  using before = await operator(first)
  expect(await ask(before, 'make files')).toBe('done')
  const kinds = (await history(before)).filter(({ role }) => role === 'toolResult')
  expect(kinds.map(({ isError }) => isError ?? false)).toEqual([false, false])
  await first.kill9()
  await using second = await startBuiltGateway({ stateDir: folder, config })
  using after = await operator(second)
  await ask(after, 'again')
  // Node makes the folders inside the code cache by itself; the cache's own folder is shut.
  const isShut = ['-path', '*/clawdbot/compiled/*', '-prune', '-o', '-perm', '/077', '-print']
  expect(execFileSync('find', [folder, ...isShut], { encoding: 'utf8' })).toBe('')
})

describe('a changed configuration', () => {
  test('is picked up without a restart; a broken one is told and changes nothing', async () => {
    await using model = await slowModel(() => ['hi'])
    const config = model.config({ gateway: { reload: { debounceMs: 20 } } })
    await using gateway = await startBuiltGateway({ stateDir: folder, config })
    const path = join(folder, 'clawdbot.json')
    using client = await operator(gateway)
    const used = async () => {
      await ask(client, randomUUID(), `agent:main:${randomUUID()}`)
      return model.asked.at(-1)?.model
    }
    expect(await used()).toBe('slow')

    writeFileSync(path, JSON.stringify(config).replace('stand-in/slow', 'stand-in/other'))
    await expect.poll(used, { timeout: 5_000 }).toBe('other')

    writeFileSync(path, '{ "agents": { "defaults": { "model": ')
    await expect.poll(async () => JSON.stringify(await call(client, 'logs.tail'))).toContain('last good')
    expect(await used()).toBe('other')
    expect(await call(client, 'config.get')).toMatchObject({ valid: false })

    // As editors do: a new file put in the old one's place.
    writeFileSync(`${path}.new`, JSON.stringify(config))
    renameSync(`${path}.new`, path)
    await expect.poll(used, { timeout: 5_000 }).toBe('slow')
    expect(client.socket.readyState).toBe(1)
  })

  test('that moves the port starts it again there, and clients are told to come back', async () => {
    await using model = await slowModel(() => ['hi'])
    const [from, to] = [await freePort(), await freePort()]
    const config = (port: number) => JSON.stringify(model.config({ gateway: { port, reload: { debounceMs: 20 } } }))
    const path = join(folder, 'clawdbot.json')
    writeFileSync(path, config(from))
    await using gateway = await startBuiltGateway({ stateDir: folder, port: from, args: [] })
    using client = await operator(gateway)
    await ask(client, 'before')
    writeFileSync(path, config(to))
    expect((await client.event('shutdown')).payload).toMatchObject({ restartExpectedMs: expect.any(Number) })
    expect((await client.closed).code).toBe(1012)
    await expect.poll(() => isOpen(to), { timeout: 10_000 }).toBe(true)
    expect(await isOpen(from)).toBe(false)
    expect(gateway.child.exitCode).toBe(null)
    using back = await operator({ url: `ws://127.0.0.1:${to}`, token: gateway.token })
    expect((await history(back)).map(({ content }) => textOf(content))).toEqual(['before', 'hi'])
    expect(JSON.parse(readFileSync(join(folder, 'gateway.json'), 'utf8'))).toMatchObject({ port: to })
  })
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
