import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { readRuntime } from '../../src/client/runtime-file.ts'
import { isAlive } from '../../src/tunnel/process-alive.ts'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { StandInGateway } from '../support/stand-in-gateway.ts'
import { clawdbot } from './world.ts'

const serverProgram = join(import.meta.dirname, '../support/stand-in-server.ts')

test('restart takes no gateway of another home for its own, in words and in JSON, and starts none', async () => {
  await using home = await Home.make()
  await using other = await StandInGateway.start()
  await mkdir(home.paths.stateDir, { recursive: true })
  const env = { PATH: process.env.PATH, CLAWDBOT_GATEWAY_PORT: String(other.port) }
  const { code, out, err } = await clawdbot(home, ['gateway', 'restart'], { env, serverProgram })
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(
    new RegExp(`^❌ Port ${other.port} is held by .*\\(process ${process.pid}\\), the gateway of another home\\n`),
  )
  expect(err).toMatch(/another port: CLAWDBOT_GATEWAY_PORT=\d+\n$/)
  const json = await clawdbot(home, ['gateway', 'restart', '--json'], { env, serverProgram })
  expect(json.code).toBe(1)
  expect(JSON.parse(json.out)).toMatchObject({ ok: false, error: { code: 'gateway.port-taken' } })
  await expect(readFile(join(home.paths.stateDir, 'started'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('restart ends nothing when its settings name a port by now at which another home has its gateway', async () => {
  await using home = await Home.make()
  await using other = await StandInGateway.start()
  await mkdir(home.paths.stateDir, { recursive: true })
  const env = { PATH: process.env.PATH, CLAWDBOT_STATE_DIR: home.paths.stateDir, STAND_IN_TOKEN: 't' }
  const restart = async (port: number) => {
    await writeFile(home.paths.configPath, `{ gateway: { port: ${port}, auth: { token: 't' } } }`)
    return await clawdbot(home, ['gateway', 'restart'], { env, serverProgram })
  }
  expect(await restart(await freePort())).toMatchObject({ code: 0 })
  await vi.waitFor(async () => expect(await readRuntime(home.paths.runtimeFile)).toMatchObject({ isAlive: true }))
  const pid = (await readRuntime(home.paths.runtimeFile))?.pid ?? 0
  const { code, err } = await restart(other.port)
  expect(code).toBe(1)
  expect(err).toContain('another port: clawdbot config set gateway.port ')
  expect(isAlive(pid)).toBe(true)
  await clawdbot(home, ['gateway', 'stop'], { env, serverProgram })
})
