import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ensureLocalGateway, ensureToken } from '../../src/client/local.ts'
import { isPortFree, probePort } from '../../src/client/probe.ts'
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

  ensure(more: { port?: number } = {}) {
    const { paths } = this.home
    const onProgress = (line: string) => this.lines.push(line)
    const { signal } = new AbortController()
    return ensureLocalGateway({ ...more, env: this.env, paths, program, clock: systemClock, onProgress, signal })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const started = await readFile(join(this.home.paths.stateDir, 'started'), 'utf8').catch(() => '')
    const pids = started.split('\n').filter(Boolean).map(Number)
    for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGTERM')
    await until(() => !pids.some(isAlive))
  }
}

test('a running gateway is used as it is', async () => {
  await using home = await Home.make()
  await using gateway = await StandInGateway.start()
  const local = new Local(home, gateway.port)
  expect(await local.ensure()).toEqual({ port: gateway.port, isNew: false })
  expect(local.lines).toEqual([])
})

test('AU14: the generated secret has 256 bits, is private, and is made once', async () => {
  await using home = await Home.make()
  await Promise.all([ensureToken(home.paths), ensureToken(home.paths)])
  const token = (await readFile(home.paths.gatewayToken, 'utf8')).trim()
  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  expect((await stat(home.paths.gatewayToken)).mode & 0o777).toBe(0o600)
  await ensureToken(home.paths)
  expect((await readFile(home.paths.gatewayToken, 'utf8')).trim()).toBe(token)
})

test('who listens at a port is found out without sending a secret', async () => {
  await using gateway = await StandInGateway.start()
  expect(await probePort(gateway.port)).toBe('gateway')
  expect(gateway.connects).toEqual([])
  expect(await isPortFree(gateway.port)).toBe(false)
  const port = await freePort()
  expect(await probePort(port)).toBe('nobody')
  expect(await isPortFree(port)).toBe(true)
})
