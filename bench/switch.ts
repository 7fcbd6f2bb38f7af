/**
 * Several gateways in one built terminal, in a real pty: how soon a warm one is on the screen, how the screen answers
 * while the gateway on it is dead, and how soon the last conversation shows when nothing answers at all.
 */

import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPty, type Pty } from '../test/support/pty.ts'
import { percentile, report } from './report.ts'
import { longAnswer } from './support/long-answer.ts'
import { BenchPeer } from './support/peer.ts'
import { program, spawnGateway, timeProcess, token } from './support/processes.ts'

const switches = 40
const keys = 100
const starts = 9
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

await using here = await spawnGateway()
await using there = await spawnGateway()
/** Accepts a connection and never says a word. */
const silent = createServer().listen(0, '127.0.0.1')
await once(silent, 'listening')
const silentPort = (silent.address() as { port: number }).port

const home = mkdtempSync(join(tmpdir(), 'clawdbot-bench-'))
try {
  await fill(here.port, 'the first place')
  await fill(there.port, 'the second place')
  save({ here: here.port, there: there.port, dead: silentPort })
  await switchFigures()
  // The same profile, whose gateway answers no more.
  save({ here: silentPort, there: there.port, dead: silentPort })
  await coldFigures()
} finally {
  rmSync(home, { recursive: true, force: true })
  silent.close()
}

/** A conversation of some hundred rows that ends in a line one can look for. */
async function fill(port: number, place: string): Promise<void> {
  const peer = await BenchPeer.connectWhenUp({ port })
  const message = longAnswer.slice(0, 8_000)
  await peer.call('sessions.patch', { key: 'main', thinkingLevel: 'low' }) // makes it
  for (let i = 0; i < 20; i++) await peer.call('chat.inject', { sessionKey: 'main', message })
  await peer.call('chat.inject', { sessionKey: 'main', message: `This is ${place}.` })
  peer.socket.close()
}

function save(ports: Readonly<Record<string, number>>): void {
  const profiles = Object.entries(ports).map(([name, port], index) => ({
    ...{ id: name, name, createdAt: index, warm: name === 'there' },
    ways: [{ kind: 'direct', url: `ws://127.0.0.1:${port}` }],
    secret: { source: 'env', secret: 'token', variable: 'BENCH_TOKEN' },
  }))
  writeFileSync(join(home, 'profiles.json'), JSON.stringify({ version: 1, current: 'here', profiles }), { mode: 0o600 })
}

function open(): Pty {
  const env = { HOME: home, XDG_CACHE_HOME: here.home, CLAWDBOT_STATE_DIR: home, BENCH_TOKEN: token }
  return openPty(process.execPath, [program('clawdbot')], { columns: 120, rows: 40, env })
}

async function switchFigures(): Promise<void> {
  await using screen = open()
  await screen.until('This is the first place.', 30_000)
  await screen.until('● there', 30_000)
  await pause(1_000)
  const warm: number[] = []
  const isAt = (name: string, place: string) => (text: string) => text.startsWith(`${name} `) && text.includes(place)
  screen.type('/use there<enter>')
  await screen.until(isAt('there', 'This is the second place.'))
  for (let i = 0; i < switches; i++) {
    await pause(50)
    screen.send('\x18')
    await pause(10)
    const begin = performance.now()
    screen.send('-')
    await screen.until(
      i % 2 === 0 ? isAt('here', 'This is the first place.') : isAt('there', 'This is the second place.'),
    )
    warm.push(performance.now() - begin)
  }
  await pause(200)
  screen.type('/use dead')
  await pause(200)
  const begin = performance.now()
  screen.send('\r')
  await screen.until((text) => text.startsWith('dead '))
  const toDead = performance.now() - begin
  const echoes = await echoed(screen)
  screen.type('<ctrl+u>')
  await pause(100)
  screen.send('\x18')
  await pause(10)
  const back = performance.now()
  screen.send('-')
  await screen.until((text) => !text.startsWith('dead '))
  report('Terminal: several gateways, 120×40', [
    { name: 'to a warm gateway, painted', samples: warm, unit: 'ms', budget: 60 },
    { name: 'the same, p95', samples: [percentile(warm, 0.95)], unit: 'ms' },
    { name: 'to one that never answers', samples: [toDead], unit: 'ms', budget: 50 },
    { name: 'away from it', samples: [performance.now() - back], unit: 'ms', budget: 50 },
    { name: 'key echo there, p50', samples: [percentile(echoes, 0.5)], unit: 'ms' },
    { name: `key echo there, slowest of ${keys}`, samples: [Math.max(...echoes)], unit: 'ms', budget: 50 },
  ])
}

/** Keys at uneven times into an empty composer, over the 10 s in which the connection is tried and given up. */
async function echoed(screen: Pty): Promise<number[]> {
  const samples: number[] = []
  const shown = () =>
    screen
      .text()
      .split('\n')
      .find((line) => line.startsWith('› '))
  for (let index = 0; index < keys; index++) {
    const typed = (index % 50) + 1
    if (typed === 1) {
      screen.type('<ctrl+u>')
      await screen.until(() => !shown()?.startsWith('› x'))
    }
    await pause(50 + ((index * 37) % 100))
    const begin = performance.now()
    screen.send('x')
    await screen.until(() => shown() === `› ${'x'.repeat(typed)}`)
    samples.push(performance.now() - begin)
  }
  return samples
}

async function coldFigures(): Promise<void> {
  const bare: number[] = []
  const shown: number[] = []
  for (let i = -1; i < starts; i++) {
    bare.push(await timeProcess(['-e', '0']))
    await using screen = open()
    await screen.until('This is the first place.', 30_000)
    if (i >= 0) shown.push(performance.now() - screen.startedAt)
    await screen.until('not yet checked')
  }
  report('Terminal: start, no gateway answers, 120×40', [
    { name: 'node -e 0', samples: bare, unit: 'ms' },
    { name: 'spawn to the last conversation on the screen', samples: shown, unit: 'ms', budget: 400 },
  ])
}
