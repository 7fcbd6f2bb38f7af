/** `clawdbot tunnel up` over a real sshd: the gateway and other places behind one SSH connection, and what happens when it dies. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { saveProfile } from '../../src/client/saved-profiles.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import type { SshWay } from '../../src/tunnel/way.ts'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { built, compiledOnce } from '../support/programs.ts'
import { RawClient } from '../support/raw-client.ts'
import { scriptedPrompts } from '../support/scripted-prompts.ts'
import { descendants, makeHome, makeKey, type Sshd, startSshd } from '../support/sshd.ts'
import { clawdbot } from './world.ts'

const env = { PATH: process.env.PATH }

/** `vps`: a profile over that sshd to a gateway on `gatewayPort`. */
async function withProfile(sshd: Sshd, home: Home, way: Partial<SshWay>): Promise<void> {
  await saveProfile({ name: 'vps', ways: [sshd.way(way)] }, undefined, { paths: home.paths, clock: systemClock })
}

/** Runs the built program with these words; its text so far, and its process. */
function start(home: Home, words: string[]) {
  const child = spawn(process.execPath, [built('clawdbot'), 'tunnel', 'up', 'vps', ...words], {
    env: { ...compiledOnce, ...env, HOME: home.dir, CLAWDBOT_STATE_DIR: home.paths.stateDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (text += piece))
  return { child, text: () => text }
}

const patience = { timeout: 15_000 }

test('the gateway and another place over one SSH connection; killed, it comes back and both work again', async () => {
  await using gateway = await startTestGateway()
  await using home = await Home.make()
  makeHome(home.dir)
  await using sshd = await startSshd({ home: home.dir })
  const web = createServer((_, response) => response.end('web')).listen(0, '127.0.0.1')
  await once(web, 'listening')
  await withProfile(sshd, home, { gatewayPort: gateway.server.port })
  const [port, other] = [await freePort(), await freePort()]
  const place = `127.0.0.1:${(web.address() as { port: number }).port}`
  const { child, text } = start(home, ['--local-port', String(port), '--forward', `${other}:${place}`])
  try {
    await expect.poll(text, patience).toContain('✅ Up (ssh2 › 127.0.0.1)\n')
    expect(text()).toContain(`  127.0.0.1:${other} → ${place} as vps calls it\n`)
    const works = async () => {
      using client = new RawClient(`ws://127.0.0.1:${port}/`)
      const { ok } = await client.connect({ auth: { token: testToken } })
      return [ok, await (await fetch(`http://127.0.0.1:${other}/`)).text()]
    }
    expect(await works()).toEqual([true, 'web'])
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
    expect(sshd.log().match(/Accepted publickey/g)).toHaveLength(1)

    for (const pid of sshd.sessions()) process.kill(pid, 'SIGKILL')
    await expect
      .poll(text, patience)
      .toMatch(/⏳ Down; trying again in .*\n {3}The SSH connection to 127\.0\.0\.1 was lost/)
    await expect.poll(() => text().match(/✅ Up/g)?.length, patience).toBe(2)
    expect(await works()).toEqual([true, 'web'])
    const { out } = await clawdbot(home, ['tunnel', 'status', 'vps'], { env })
    expect(out).toContain('✅ vps: up (ssh2 › 127.0.0.1)')
    expect(out).toContain('Last error:  The SSH connection to 127.0.0.1 was lost')
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
    web.close()
  }
})

test('a gateway that does not run behind a good SSH connection is said at once, and found when it starts', async () => {
  await using home = await Home.make()
  makeHome(home.dir)
  await using sshd = await startSshd({ home: home.dir })
  const gatewayPort = await freePort()
  await withProfile(sshd, home, { gatewayPort })
  const port = await freePort()
  const { child, text } = start(home, ['--local-port', String(port)])
  try {
    await expect.poll(text, patience).toContain(`No gateway listens at port ${gatewayPort} of 127.0.0.1`)
    expect(text()).toContain('⏳ The way is open, but the gateway does not answer\n')
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(502)
    await using _gateway = await startTestGateway({ listen: [{ host: '127.0.0.1', port: gatewayPort }] })
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
})

test('TU18: killed with -9 over the system’s ssh, no ssh of it is left', async () => {
  await using gateway = await startTestGateway()
  await using home = await Home.make()
  makeHome(home.dir)
  await using sshd = await startSshd({ home: home.dir })
  await withProfile(sshd, home, { gatewayPort: gateway.server.port, engine: 'system' })
  const port = await freePort()
  const { child, text } = start(home, ['--local-port', String(port)])
  await expect.poll(text, patience).toContain('✅ Up (ssh -W › 127.0.0.1)\n')
  using client = new RawClient(`ws://127.0.0.1:${port}/`)
  expect((await client.connect({ auth: { token: testToken } })).ok).toBe(true)
  const children = descendants(child.pid ?? 0)
  expect(children.length).toBeGreaterThan(0)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await expect.poll(() => children.filter(isAlive), patience).toEqual([])
  await expect.poll(() => sshd.sessions(), patience).toEqual([])
})

test('what only a person can mend ends it: a key that is not let in, a host key that changed', async () => {
  await using home = await Home.make()
  makeHome(home.dir)
  await using sshd = await startSshd({ home: home.dir })
  sshd.authorize()
  await withProfile(sshd, home, { gatewayPort: 1 })
  const { child, text } = start(home, ['--local-port', String(await freePort())])
  expect(await once(child, 'exit')).toEqual([3, null])
  expect(text()).toContain('does not let')
  expect((await clawdbot(home, ['tunnel', 'list'], { env })).out).toContain('No tunnel runs')
})

test('in the background the questions are asked by the command that starts it', async () => {
  await using gateway = await startTestGateway()
  await using home = await Home.make()
  makeHome(home.dir)
  await using sshd = await startSshd({ home: home.dir })
  await withProfile(sshd, home, { gatewayPort: gateway.server.port, identity: `${home.dir}/.ssh/locked` })
  sshd.authorize(makeKey(`${home.dir}/.ssh/locked`, 'ed25519', 'open sesame'))
  const prompts = scriptedPrompts({ passphrases: ['wrong', 'open sesame'] })
  const port = String(await freePort())
  const options = {
    env: { ...compiledOnce, ...env, HOME: home.dir, CLAWDBOT_STATE_DIR: home.paths.stateDir },
    program: built('clawdbot'),
    prompts,
  }
  const run = (words: string[]) => clawdbot(home, ['tunnel', ...words], options)
  const started = await run(['up', 'vps', '--background', '--local-port', port])
  try {
    expect(started.out).toContain('✅ Up in the background (ssh2 › 127.0.0.1')
    expect(prompts.asked.map(({ kind }) => kind)).toEqual(['passphrase', 'passphrase'])
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
    for (const pid of sshd.sessions()) process.kill(pid, 'SIGKILL') // with nobody there to ask again
    const status = async () => JSON.parse((await run(['status', 'vps', '--json'])).out)
    await expect.poll(async () => (await status()).lastError?.code, patience).toBe('ssh.lost')
    await expect.poll(async () => (await status()).phase, patience).toBe('up')
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
  } finally {
    expect((await run(['down', 'vps'])).out).toContain('✅ Ended')
  }
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
