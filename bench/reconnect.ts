/**
 * How a connection comes back: after a cut, after an outage, out of a silence; straight and through a real SSH server. And
 * how soon the built terminal is honest and usable when it was stopped, as in a sleep, and its line died meanwhile.
 */

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Way } from '../src/tunnel/way.ts'
import { Home, type Observed } from '../test/client/support.ts'
import { ChaosProxy } from '../test/support/chaos-proxy.ts'
import { openPty, type Pty } from '../test/support/pty.ts'
import { startSshd } from '../test/support/sshd.ts'
import { percentile, report } from './report.ts'
import { BenchPeer } from './support/peer.ts'
import { program, spawnGateway, token } from './support/processes.ts'

const cutRounds = 21
const outageRounds = 11
const silenceRounds = 2
const sleeps = 5
/** Longer than what is taken for a sleep, milliseconds. */
const sleepMs = 5_500
/** How long the line refuses everybody in an outage, milliseconds. */
const outageMs = 2_000
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

let network = 0
let gatewayPort = 0
await using line = await ChaosProxy.before(() => gatewayPort)
await using gateway = await spawnGateway({ allowedHosts: [new URL(line.url).host] })
gatewayPort = gateway.port
const first = await BenchPeer.connectWhenUp({ port: gateway.port })
first.socket.close()
await using sshd = await startSshd()
await using wire = await ChaosProxy.before(sshd.port)
const wirePort = Number(new URL(wire.url).port)
appendFileSync(join(sshd.home, '.ssh/known_hosts'), `[127.0.0.1]:${wirePort} ${sshd.hostKeys[0]}\n`)

const straight: Way = { kind: 'direct', url: line.url }
const ssh: Way = sshd.way({ port: wirePort, gatewayPort: gateway.port })
for (const [name, way, proxy, budget] of [
  ['ws', straight, line, 1_000],
  ['ssh', ssh, wire, 2_000],
] as const) {
  const cuts = await times(cutRounds, async (seen) => {
    proxy.cut()
    return await untilBack(seen)
  })
  const refused = (endOfIt: () => void) => async (seen: Observed) => {
    proxy.become(() => ({ refuse: true }))
    proxy.cut()
    await pause(outageMs)
    proxy.become(() => ({}))
    endOfIt()
    return await untilBack(seen)
  }
  const outages = await times(
    outageRounds,
    refused(() => {}),
  )
  const networks = await times(
    outageRounds,
    refused(() => network++),
  )
  const silences = await times(silenceRounds, async ({ connection }) => {
    const from = performance.now()
    proxy.blackhole(true)
    await until(() => connection.view.phase !== 'live')
    proxy.blackhole(false)
    return (performance.now() - from) / 1000
  })
  report(`A good connection comes back: ${name}`, [
    { name: 'cut, and the line is good again at once', samples: cuts, unit: 'ms' },
    { name: 'the same, p95', samples: [percentile(cuts, 0.95)], unit: 'ms', budget },
    { name: `after ${outageMs / 1000} s of refusals, from their end on`, samples: outages, unit: 'ms' },
    { name: 'the same, and the network has become another', samples: networks, unit: 'ms' },
    { name: 'the same, p95', samples: [percentile(networks, 0.95)], unit: 'ms', budget },
    { name: 'a silent line is given up, slowest', samples: [Math.max(...silences)], unit: 's', budget: 12 },
  ])

  /** Each time with a connection that has not broken before, so that no pause has grown. */
  async function times(rounds: number, measure: (seen: Observed) => Promise<number>): Promise<number[]> {
    const samples: number[] = []
    for (let round = 0; round < rounds; round++) {
      await using home = await Home.make()
      const around = { way, home: sshd.home, random: Math.random, network: () => String(network) }
      await using seen = await home.connect(line.url, { token }, around)
      await until(() => seen.connection.view.phase === 'live')
      samples.push(await measure(seen))
    }
    return samples
  }
}

const sleeping = {
  ws: await afterSleep(straight, () => line.freeze()),
  ssh: await afterSleep(ssh, () => wire.freeze()),
}
for (const [name, { honest, usable }] of Object.entries(sleeping)) {
  report(`Terminal: woken after ${sleepMs / 1000} s, its line silent: ${name}`, [
    { name: 'honest on screen', samples: honest, unit: 'ms', budget: 1_000 },
    { name: 'usable', samples: usable, unit: 'ms', budget: 3_000 },
    { name: 'usable, slowest', samples: [Math.max(...usable)], unit: 'ms', budget: 3_000 },
  ])
}

async function afterSleep(way: Way, die: () => void): Promise<{ honest: number[]; usable: number[] }> {
  const home = mkdtempSync(join(tmpdir(), 'clawdbot-bench-'))
  const honest: number[] = []
  const usable: number[] = []
  try {
    await using screen = openTerminal(home, way)
    await screen.until(/^there · connected/, 30_000)
    await pause(1_000)
    for (let i = 0; i < sleeps; i++) {
      process.kill(screen.pid, 'SIGSTOP')
      die()
      await pause(sleepMs)
      process.kill(screen.pid, 'SIGCONT')
      const from = performance.now()
      await screen.until(/^there · (?!connected)/)
      honest.push(performance.now() - from)
      await screen.until(/^there · connected/)
      usable.push(performance.now() - from)
      await pause(1_000)
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
  return { honest, usable }
}

/** With the keys and hosts of the SSH server's client, and the one profile. */
function openTerminal(home: string, way: Way): Pty {
  const secret = { source: 'env', secret: 'token', variable: 'BENCH_TOKEN' }
  const profile = { id: 'there', name: 'there', createdAt: 1, ways: [way], secret }
  mkdirSync(home, { recursive: true })
  const book = { version: 1, current: 'there', profiles: [profile] }
  writeFileSync(join(home, 'profiles.json'), JSON.stringify(book), { mode: 0o600 })
  const env = { HOME: sshd.home, CLAWDBOT_STATE_DIR: home, BENCH_TOKEN: token }
  return openPty(process.execPath, [program('clawdbot')], { columns: 120, rows: 40, env })
}

/** Milliseconds from now until it was lost, if it is not yet, and is live again. */
async function untilBack(seen: Observed): Promise<number> {
  const from = performance.now()
  const { connection } = seen
  const before = connection.view.hello?.server.connId
  await until(() => connection.view.phase === 'live' && connection.view.hello?.server.connId !== before)
  return performance.now() - from
}

async function until(check: () => boolean): Promise<void> {
  while (!check()) await pause(2)
}
