/** `clawdbot tunnel` with a direct way: ports, states, the background. The ways over SSH are shown in test/flow. */

import { expect, test } from 'vitest'
import type { Person } from '../../src/cli/person.ts'
import { readProfiles } from '../../src/client/profile-store.ts'
import type { Home } from '../client/support.ts'
import { freePort } from '../support/free-port.ts'
import { env, farGateway, get, homeWith } from './far-gateway.ts'
import { clawdbot, type WorldOptions } from './world.ts'

/** A program that has a port, in this process. */
async function holding(): Promise<{ port: number } & AsyncDisposable> {
  return await farGateway()
}

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
  expect((await line('tunnel up vps --local-port 70000')).err).toContain('needs a port')
  expect((await line('tunnel down vps')).err).toContain('No tunnel of vps runs')
  expect((await line('tunnel up vps other')).err).toContain('takes one profile')
})
