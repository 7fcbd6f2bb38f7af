/** The gateway as a service manager sees it: how it stops, what it leaves behind, how it takes up other settings. */

import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startBuiltGateway } from '../support/built-gateway.ts'
import { freePort } from '../support/free-port.ts'
import { isOpen } from '../support/is-open.ts'
import { requireProgram } from '../support/programs.ts'
import { slowModel, words } from '../support/slow-model.ts'
import { ask, call, heard, history, operator, send, textOf } from './support.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clawdbot-process-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
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
