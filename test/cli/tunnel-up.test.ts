/** `clawdbot tunnel` with a direct way: ports, states, the background. The ways over SSH are shown in test/flow. */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { Person } from '../../src/cli/person.ts'
import { readProfiles } from '../../src/client/profile-store.ts'
import { saveProfile } from '../../src/client/saved-profiles.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { isAlive } from '../../src/tunnel/process-alive.ts'
import { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { built, compiledOnce } from '../support/programs.ts'
import { clawdbot, type WorldOptions } from './world.ts'

/** What stands for a gateway: answers any request with its Host, which tells whether the forward translated it. */
async function farGateway(port = 0): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((request, response) => response.end(`to ${request.headers.host}`)).listen(
    port,
    '127.0.0.1',
  )
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function homeWith(port: number): Promise<Home> {
  const home = await Home.make()
  const ways: [{ kind: 'direct'; url: string }] = [{ kind: 'direct', url: `ws://127.0.0.1:${port}` }]
  await saveProfile({ name: 'vps', ways }, undefined, { paths: home.paths, clock: systemClock })
  return home
}

/** A program that has a port, in this process. */
async function holding(): Promise<{ port: number } & AsyncDisposable> {
  return await farGateway()
}

const env = { PATH: process.env.PATH }

/** Starts `tunnel up` in this process; resolves once it says `sign`. */
async function up(home: Home, words: string[], options: WorldOptions = {}, sign = '✅ Up') {
  const ending = new AbortController()
  const { promise: said, resolve } = Promise.withResolvers<void>()
  let text = ''
  const ran = clawdbot(home, ['tunnel', 'up', 'vps', ...words], {
    env,
    signal: ending.signal,
    ...options,
    onText: (piece) => {
      text += piece
      if (text.includes(sign)) resolve()
    },
  })
  await Promise.race([said, ran.then(({ out, err }) => Promise.reject(new Error(`ended: ${out}${err}`)))])
  const end = async () => {
    ending.abort(new Error('interrupted'))
    return await ran
  }
  return { end, text: () => text }
}

async function get(port: number): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${port}/`)).text()
}

test('up in the foreground: the port is the gateway, status and list tell about it, ctrl+c ends it', async () => {
  await using gateway = await farGateway()
  await using home = await homeWith(gateway.port)
  const port = await freePort()
  const forward = await up(home, ['--local-port', String(port)])
  expect(forward.text()).toBe(`Listening\n  http://127.0.0.1:${port} → the gateway of vps\n✅ Up (direct)\n`)
  expect(await get(port)).toBe(`to 127.0.0.1:${gateway.port}`)

  await expect.poll(async () => (await clawdbot(home, ['tunnel', 'status', 'vps'], { env })).out).toMatch(/1 in all/)
  const { code, out } = await clawdbot(home, ['tunnel', 'status'], { env })
  expect(code).toBe(0)
  expect(out).toContain('✅ vps: up (direct)')
  expect(out).toContain(`http://127.0.0.1:${port} → the gateway of vps`)
  expect(out).toMatch(new RegExp(`Process: +${process.pid}, for .*, in a terminal`))
  expect((await clawdbot(home, ['tunnel'], { env })).out).toMatch(
    new RegExp(`vps +up \\(direct\\) +${port} +${process.pid}`),
  )
  const json = JSON.parse((await clawdbot(home, ['tunnel', 'status', 'vps', '--json'], { env })).out)
  expect(json).toMatchObject({
    running: true,
    profile: 'vps',
    pid: process.pid,
    phase: 'up',
    route: 'direct',
    total: 1,
  })
  expect(json.forwards).toMatchObject([{ port, to: 'gateway' }])

  const removed = await clawdbot(home, ['profiles', 'remove', 'vps'], { env })
  expect(removed).toMatchObject({ code: 2, out: '' })
  expect(removed.err).toContain(`The profile vps is in use: its tunnel runs (process ${process.pid})\n`)
  expect(removed.err).toContain('First: clawdbot tunnel down vps\n')
  const second = await clawdbot(home, ['tunnel', 'up', 'vps'], { env })
  expect(second.code).toBe(2)
  expect(second.err).toContain(`The tunnel of vps runs already (process ${process.pid})`)

  expect((await forward.end()).code).toBe(0)
  const after = await clawdbot(home, ['tunnel', 'status', 'vps'], { env })
  expect(after).toMatchObject({ code: 1, out: '❌ No tunnel of vps runs\n   To open it: clawdbot tunnel up vps\n' })
  expect((await clawdbot(home, ['tunnel', 'list'], { env })).out).toContain('No tunnel runs')
  await expect(get(port)).rejects.toThrow('fetch failed')
})

test('a port that was chosen is remembered, and the usual one forgets it', async () => {
  await using gateway = await farGateway()
  await using home = await homeWith(gateway.port)
  const port = await freePort()
  await (await up(home, ['--local-port', String(port)])).end()
  expect((await readProfiles(home.paths.profiles)).profiles[0]?.localPorts).toEqual({ gateway: port })
  const again = await up(home, [])
  expect(again.text()).toContain(`http://127.0.0.1:${port} `)
  await again.end()
})

test('a taken port is found before the network: who holds it, which is free, and a flag for it', async () => {
  await using held = await holding()
  await using home = await homeWith(1) // nothing is there, and nobody asks
  const words = ['tunnel', 'up', 'vps', '--local-port', String(held.port)]
  const { code, err } = await clawdbot(home, words, { env })
  expect(code).toBe(1)
  expect(err).toMatch(
    new RegExp(`^❌ Port ${held.port} of this machine is held by node .*\\(process ${process.pid}\\)\n`),
  )
  expect(err).toMatch(/End that program, or take the next free one with --local-port \d+, or with --yes\./)
  const json = JSON.parse((await clawdbot(home, [...words, '--json'], { env })).out)
  expect(json.error).toMatchObject({ code: 'tunnel.port-taken', details: { port: held.port, pid: process.pid } })
  expect((await readProfiles(home.paths.profiles)).profiles[0]?.localPorts).toBe(undefined)
})

test('in a terminal the free port is offered; a yes takes and remembers it, a no ends', async () => {
  await using gateway = await farGateway()
  await using held = await holding()
  await using home = await homeWith(gateway.port)
  const asked: string[] = []
  const person = (yes: boolean): Person => ({
    isThere: true,
    confirm: async (question) => {
      asked.push(question)
      return yes
    },
    line: async () => undefined,
    hidden: async () => undefined,
    input: async () => '',
  })
  const words = ['--local-port', String(held.port)]
  const refused = await clawdbot(home, ['tunnel', 'up', 'vps', ...words], { env, person: person(false) })
  expect(refused.code).toBe(1)
  const forward = await up(home, words, { person: person(true) })
  expect(asked[0]).toMatch(/^Port \d+ is held by node .* Take \d+, the next free one\?$/)
  const { localPorts } = (await readProfiles(home.paths.profiles)).profiles[0] ?? {}
  expect(localPorts?.gateway).toBeGreaterThan(held.port)
  expect(await get(localPorts?.gateway ?? 0)).toBe(`to 127.0.0.1:${gateway.port}`)
  await forward.end()
  const again = await up(home, [], {})
  expect(again.text()).toContain(`http://127.0.0.1:${localPorts?.gateway} `) // the remembered one, without a question
  await again.end()
})

test('a port that was typed and is taken is said, whatever other one is remembered', async () => {
  await using gateway = await farGateway()
  await using held = await holding()
  await using home = await homeWith(gateway.port)
  const remembered = await freePort()
  await (await up(home, ['--local-port', String(remembered)])).end()
  const words = ['tunnel', 'up', 'vps', '--local-port', String(held.port)]
  for (const more of [[], ['--background']]) {
    const { code, out, err } = await clawdbot(home, [...words, ...more], { env })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain(`Port ${held.port} of this machine is held by`)
  }
  const yes = await up(home, ['--local-port', String(held.port), '--yes'])
  expect(yes.text()).toMatch(new RegExp(`^Port ${held.port} is held by .*\\. Taking \\d+\\.\n`))
  await yes.end()
  const { localPorts } = (await readProfiles(home.paths.profiles)).profiles[0] ?? {}
  expect(localPorts?.gateway).toBeGreaterThan(held.port)
})

test('a gateway that is away is waited for, with one line and not one per attempt; when it comes the tunnel is up', async () => {
  const port = await freePort()
  await using home = await homeWith(port)
  const local = await freePort()
  const forward = await up(home, ['--local-port', String(local)], {}, 'Start the gateway there')
  const status = async () => (await clawdbot(home, ['tunnel', 'status', 'vps'], { env })).out
  await expect.poll(status).toContain('⏳ vps: down, trying again')
  expect(await status()).toContain(`Last error:  Nothing listens at ws://127.0.0.1:${port}`)
  await using gateway = await farGateway(port)
  expect(await get(local)).toBe(`to 127.0.0.1:${gateway.port}`) // asked while it was down, answered when it was up
  expect(forward.text().match(/Nothing listens/g)).toHaveLength(1)
  await expect.poll(forward.text).toContain('✅ Up (direct)\n')
  await forward.end()
})

test('--json prints one object a line as things happen', async () => {
  await using gateway = await farGateway()
  await using home = await homeWith(gateway.port)
  const port = await freePort()
  const forward = await up(home, ['--local-port', String(port), '--json'], {}, '"up"')
  const lines = (await forward.end()).out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ event }) => event)).toEqual(['listening', 'opening', 'up'])
  expect(lines[0]).toMatchObject({ profile: 'vps', pid: process.pid, forwards: [{ port, to: 'gateway' }] })
})

test('what makes no sense is refused with what would', async () => {
  await using home = await homeWith(1)
  const line = async (text: string) => await clawdbot(home, text.split(' '), { env })
  expect((await line('tunnel up local')).err).toContain('The gateway of this machine needs no tunnel')
  expect((await line('tunnel up nowhere')).err).toContain('There is no profile "nowhere"')
  expect((await line('tunnel up vps --forward 8080:127.0.0.1:80')).err).toContain(
    'Further forwards need a way over SSH',
  )
  expect((await line('tunnel up vps --local-port 70000')).err).toContain('is not a port')
  expect((await line('tunnel down vps')).err).toContain('No tunnel of vps runs')
  expect((await line('tunnel up vps other')).err).toContain('takes one profile')
})

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
