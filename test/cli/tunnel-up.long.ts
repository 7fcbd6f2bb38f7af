/** Tunnels that are programs of their own. */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { readProfiles } from '../../src/client/profile-store.ts'
import { isAlive } from '../../src/tunnel/process-alive.ts'
import { freePort } from '../support/free-port.ts'
import { built, compiledOnce } from '../support/programs.ts'
import { env, farGateway, get, homeWith } from './far-gateway.ts'
import { clawdbot } from './world.ts'

test('in the background: up when the command comes back, private, ended by down and by nothing of another process', async () => {
  await using gateway = await farGateway()
  await using home = await homeWith(gateway.port)
  const port = String(await freePort())
  const background = { CLAWDBOT_STATE_DIR: home.paths.stateDir, ...env }
  const run = async (words: string[]) => await clawdbot(home, words, { env: background, program: built('clawdbot') })
  const started = await run(['tunnel', 'up', 'vps', '--background', '--local-port', port])
  expect(started).toMatchObject({ code: 0, err: '' })
  expect(started.out).toMatch(
    /✅ Up in the background \(direct, process \d+\)\n {3}To end it: clawdbot tunnel down vps\n$/,
  )
  const { pid } = JSON.parse((await run(['tunnel', 'status', 'vps', '--json'])).out)
  try {
    expect(await get(Number(port))).toBe(`to 127.0.0.1:${gateway.port}`)
    expect((await stat(join(home.paths.stateDir, 'logs'))).mode & 0o077).toBe(0)
    const again = await run(['tunnel', 'up', 'vps', '--background'])
    expect(again.out).toContain(`Process:     ${pid}, for`)
    expect((await run(['tunnel', 'up', 'vps', '--background', '--local-port', port])).code).toBe(0)
    const other = await freePort()
    const elsewhere = await run(['tunnel', 'up', 'vps', '--background', '--local-port', String(other)])
    expect(elsewhere).toMatchObject({ code: 2, out: '' })
    expect(elsewhere.err).toBe(
      `❌ The tunnel of vps runs already (process ${pid}), without --local-port ${other}\n` +
        '   See: clawdbot tunnel status vps. To end it: clawdbot tunnel down vps\n',
    )
    const down = await run(['tunnel', 'down', 'vps'])
    expect(down).toMatchObject({ code: 0, out: `✅ Ended (process ${pid})\n` })
    // It has ended; its entry stays until the system's first process has looked at it.
    await expect.poll(() => isAlive(pid)).toBe(false)
  } finally {
    await run(['tunnel', 'down', 'vps'])
  }
})

test('killed with -9 it leaves nothing but a note, which is recognised; down then ends nobody', async () => {
  await using gateway = await farGateway()
  await using home = await homeWith(gateway.port)
  const port = await freePort()
  const child = spawn(process.execPath, [built('clawdbot'), 'tunnel', 'up', 'vps', '--local-port', String(port)], {
    env: { ...compiledOnce, ...env, CLAWDBOT_STATE_DIR: home.paths.stateDir, HOME: home.dir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  child.stdout.on('data', (piece) => (text += piece))
  await expect.poll(() => text, { timeout: 10_000 }).toContain('✅ Up')
  child.kill('SIGKILL')
  await once(child, 'exit')
  const socket = connect(port, '127.0.0.1')
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNREFUSED')
  expect((await clawdbot(home, ['tunnel', 'down', 'vps'], { env })).err).toContain('No tunnel of vps runs')
  expect((await clawdbot(home, ['tunnel', 'status', 'vps'], { env })).code).toBe(1)
})

test('SIGTERM ends the built program cleanly and takes its note along', async () => {
  await using gateway = await farGateway()
  await using home = await homeWith(gateway.port)
  const port = String(await freePort())
  const child = spawn(process.execPath, [built('clawdbot'), 'tunnel', 'up', 'vps', '--local-port', port], {
    env: { ...compiledOnce, ...env, CLAWDBOT_STATE_DIR: home.paths.stateDir, HOME: home.dir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (piece) => (text += piece))
  await expect.poll(() => text, { timeout: 10_000 }).toContain('✅ Up')
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  const id = (await readProfiles(home.paths.profiles)).profiles[0]?.id
  await expect(readFile(join(home.paths.stateDir, 'tunnels', `${id}.json`))).rejects.toThrow('ENOENT')
})

test('each of its commands explains itself', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [built('clawdbot'), 'tunnel', 'up', '--help'])
  for (const word of ['[<profile>]', '--local-port', '--forward', '--background', '--yes', '--json']) {
    expect(stdout).toContain(word)
  }
})
