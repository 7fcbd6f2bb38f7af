import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ensureLocalGateway } from '../../src/client/local.ts'
import { readRuntime } from '../../src/client/runtime-file.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { isAlive } from '../../src/tunnel/process-alive.ts'
import { freePort } from '../support/free-port.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'
import { Home, until } from './support.ts'

const program = join(import.meta.dirname, '../support/stand-in-server.ts')

/** Starts or finds one as `local` does, and ends what was started. */
class Local implements AsyncDisposable {
  readonly lines: string[] = []
  readonly home: Home
  readonly env: Record<string, string | undefined>

  constructor(home: Home, port: number, more: Record<string, string> = {}) {
    this.home = home
    const { PATH, NODE_OPTIONS } = process.env
    const settings = { CLAWDBOT_STATE_DIR: home.paths.stateDir, CLAWDBOT_GATEWAY_TOKEN: 't', STAND_IN_TOKEN: 't' }
    this.env = { PATH, NODE_OPTIONS, ...settings, CLAWDBOT_GATEWAY_PORT: String(port), ...more }
  }

  ensure(more: { port?: number; onProgress?: (line: string) => void } = {}) {
    const { paths } = this.home
    const onProgress = (line: string) => this.lines.push(line)
    const { signal } = new AbortController()
    return ensureLocalGateway({ env: this.env, paths, program, clock: systemClock, onProgress, signal, ...more })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const started = await readFile(join(this.home.paths.stateDir, 'started'), 'utf8').catch(() => '')
    const pids = started.split('\n').filter(Boolean).map(Number)
    for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGTERM')
    await until(() => !pids.some(isAlive))
  }
}

test('where none runs one is started in the background, once, and outlives who started it', async () => {
  await using home = await Home.make()
  const port = await freePort()
  await using local = new Local(home, port)
  const both = await Promise.all([local.ensure(), local.ensure()])
  expect(both.map((one) => one.port)).toEqual([port, port])
  expect(local.lines[0]).toBe(`Starting a gateway on port ${port}…`)
  // It answers a moment before it has written where it is.
  await expect
    .poll(() => readRuntime(home.paths.runtimeFile))
    .toMatchObject({ port, startedBy: 'clawdbot', isAlive: true })
  expect((await stat(home.paths.gatewayLog)).mode & 0o777).toBe(0o600)
  const pid = (await readRuntime(home.paths.runtimeFile))?.pid
  expect(await local.ensure()).toEqual({ port, isNew: false, pid })
})

test('a port taken by a stranger: the next free one is taken, said and remembered', async () => {
  await using home = await Home.make()
  const stranger: Server = createServer((socket) =>
    socket
      .on('error', () => {})
      .resume()
      .end('hello\n'),
  )
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  const { port } = stranger.address() as { port: number }
  await using local = new Local(home, port)
  await expect(local.ensure()).rejects.toMatchObject({
    code: 'gateway.port-taken',
    message: expect.stringContaining(`(process ${process.pid}), which is no gateway`),
  })
  // Not typed by the person but only remembered from last time: it may move.
  local.env.CLAWDBOT_GATEWAY_PORT = undefined
  await mkdir(home.paths.stateDir, { recursive: true })
  await writeFile(home.paths.runtimeFile, JSON.stringify({ pid: 2 ** 30, port }))
  const found = await local.ensure()
  expect(found.port).toBeGreaterThan(port)
  expect(local.lines[0]).toMatch(
    new RegExp(`^Port ${port} is held by \\S.* \\(process ${process.pid}\\); the gateway takes ${found.port}\\.$`),
  )
  // It listens before it notes where; a second one that starts in between gives way, which the stand-in cannot.
  await expect.poll(async () => (await readRuntime(home.paths.runtimeFile))?.isAlive).toBe(true)
  expect(await local.ensure()).toMatchObject({ port: found.port, isNew: false })
  await new Promise((resolve) => stranger.close(resolve))
})

test('a gateway that cannot start is reported with its own last words', async () => {
  await using home = await Home.make()
  await using local = new Local(home, await freePort(), { STAND_IN_FAILS: '1' })
  await expect(local.ensure()).rejects.toMatchObject({
    code: 'gateway.start-failed',
    message: expect.stringMatching(/exit code 2[\s\S]*did you mean gateway\.port/),
    remedy: expect.stringContaining(home.paths.gatewayLog),
  })
})

test('one that gives way to another that has only begun to start: that one is used once it listens', async () => {
  await using home = await Home.make()
  const found = new Local(home, await freePort(), { STAND_IN_GIVES_WAY: '1' }).ensure()
  await expect.poll(() => readFile(home.paths.gatewayLog, 'utf8').catch(() => '')).toContain('Another gateway')
  await using other = await StandInGateway.start()
  await writeFile(home.paths.runtimeFile, JSON.stringify({ pid: process.pid, port: other.port }))
  expect(await found).toMatchObject({ port: other.port, isNew: false })
})

test('one that came up between the look and the start is the one that is told', async () => {
  await using home = await Home.make()
  const port = await freePort()
  await using others = new AsyncDisposableStack()
  await using local = new Local(home, port, { STAND_IN_GIVES_WAY: '1' })
  const starting = Promise.withResolvers<void>()
  const found = local.ensure({
    async onProgress() {
      others.use(await StandInGateway.start({ port, token: 't' }))
      await writeFile(home.paths.runtimeFile, JSON.stringify({ pid: process.pid, port }))
      starting.resolve()
    },
  })
  await starting.promise
  expect(await found).toEqual({ port, isNew: false, pid: process.pid })
})
