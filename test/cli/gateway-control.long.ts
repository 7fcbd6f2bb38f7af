import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { readRuntime } from '../../src/client/runtime-file.ts'
import { isAlive } from '../../src/tunnel/process-alive.ts'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { clawdbot } from './world.ts'

const serverProgram = join(import.meta.dirname, '../support/stand-in-server.ts')

test('restart starts what does not run, status shows its facts, stop ends it, and then there is none', async () => {
  await using home = await Home.make()
  await mkdir(home.paths.stateDir, { recursive: true })
  const port = await freePort()
  const settings = { CLAWDBOT_GATEWAY_PORT: String(port), CLAWDBOT_GATEWAY_TOKEN: 't', STAND_IN_TOKEN: 't' }
  const env = { PATH: process.env.PATH, CLAWDBOT_STATE_DIR: home.paths.stateDir, ...settings }
  const run = (line: string) => clawdbot(home, line.split(' '), { env, serverProgram })

  expect(await run('gateway status')).toEqual({
    code: 1,
    out: '❌ Not running\n  Start it with: clawdbot gateway start\n',
    err: '',
  })
  expect(await run('gateway stop')).toMatchObject({
    code: 1,
    err: expect.stringContaining('No gateway of this account'),
  })

  // One that was killed leaves its note behind, and its number may be another program's by now; the new one writes its own
  // a moment after its first answer.
  const other = spawn('sleep', ['600'], { stdio: 'ignore' })
  await writeFile(home.paths.runtimeFile, JSON.stringify({ pid: other.pid, port, startedAt: 1 }))
  const { code, out } = await run('gateway restart')
  await vi.waitFor(async () =>
    expect(await readRuntime(home.paths.runtimeFile)).toMatchObject({ startedBy: 'clawdbot', isAlive: true }),
  )
  const pid = (await readRuntime(home.paths.runtimeFile))?.pid ?? 0
  expect({ code, out }).toEqual({ code: 0, out: `✅ Running on port ${port} (process ${pid})\n` })
  expect(other.kill('SIGKILL')).toBe(true) // nobody ended it
  const status = await run('gateway status')
  expect(status.code).toBe(0)
  expect(status.out).toMatch(/^✅ Running\n/)
  for (const fact of [`Process:    ${pid}`, `Port:       ${port}`, 'Auth mode:  token', 'Started by: clawdbot']) {
    expect(status.out).toContain(fact)
  }
  expect(status.out).toMatch(/Uptime: +1m\n[\s\S]*Version: +0\.0\.0-stand-in\n/)
  expect(JSON.parse((await run('gateway status --json')).out)).toMatchObject({ running: true, pid, port })

  expect(await run('gateway stop')).toEqual({ code: 0, out: `✅ Stopped (process ${pid})\n`, err: '' })
  expect(isAlive(pid)).toBe(false)
  expect((await run('gateway status')).code).toBe(1)
})

test('restart takes up a port that the settings say by now; one that somebody typed stays', async () => {
  await using home = await Home.make()
  await mkdir(home.paths.stateDir, { recursive: true })
  const env = { PATH: process.env.PATH, CLAWDBOT_STATE_DIR: home.paths.stateDir, STAND_IN_TOKEN: 't' }
  const restart = async (port: number) => {
    await writeFile(home.paths.configPath, `{ gateway: { port: ${port}, auth: { token: 't' } } }`)
    const ran = await clawdbot(home, ['gateway', 'restart'], { env, serverProgram })
    await vi.waitFor(async () => expect(await readRuntime(home.paths.runtimeFile)).toMatchObject({ isAlive: true }))
    return ran
  }
  const ports = [await freePort(), await freePort(), await freePort()]
  for (const port of ports.slice(0, 2)) {
    expect(await restart(port)).toMatchObject({ code: 0, out: expect.stringContaining(`on port ${port} `) })
  }
  const { startedBy: _, ...note } = JSON.parse(await readFile(home.paths.runtimeFile, 'utf8'))
  await writeFile(home.paths.runtimeFile, JSON.stringify({ ...note, isPortTyped: true }))
  expect(await restart(ports[2] ?? 0)).toMatchObject({ code: 0, out: expect.stringContaining(`on port ${ports[1]} `) })
  await clawdbot(home, ['gateway', 'stop'], { env, serverProgram })
})

test('one that is there by its note and answers nobody is neither ended nor doubled, and the person is told', async () => {
  await using home = await Home.make()
  await mkdir(home.paths.stateDir, { recursive: true })
  const mute = createServer().listen(0, '127.0.0.1')
  await once(mute, 'listening')
  const { port } = mute.address() as AddressInfo
  const hanging = spawn('sleep', ['600'], { stdio: 'ignore' })
  await writeFile(home.paths.runtimeFile, JSON.stringify({ pid: hanging.pid, port, startedBy: 'clawdbot' }))
  await writeFile(home.paths.configPath, `{ gateway: { port: ${port}, auth: { token: 't' } } }`)
  const env = { PATH: process.env.PATH, CLAWDBOT_STATE_DIR: home.paths.stateDir }
  for (const command of ['stop', 'restart']) {
    const { code, err } = await clawdbot(home, ['gateway', command], { env, serverProgram })
    expect(code).toBe(1)
    expect(err).toMatch(
      new RegExp(`^❌ Process ${hanging.pid} is the gateway by its note, but does not answer at .*\\n`),
    )
    expect(err).toContain(`To end it: kill -9 ${hanging.pid};`)
  }
  expect(hanging.kill('SIGKILL')).toBe(true) // nobody ended it
  mute.close()
})
