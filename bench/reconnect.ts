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

const rounds = 21
const silences = 3
const sleeps = 5
/** Longer than what is taken for a sleep, milliseconds. */
const sleepMs = 5_500
/** How long the line refuses everybody in an outage, milliseconds. */
const outageMs = 1_000
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

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
  await using home = await Home.make()
  await using seen = await home.connect(line.url, { token }, { way, home: sshd.home, random: Math.random })
  await live(seen)
  const cuts: number[] = []
  const outages: number[] = []
  for (let round = 0; round < rounds; round++) {
    proxy.cut()
    cuts.push(await untilBack(seen))
    proxy.become(() => ({ refuse: true }))
    proxy.cut()
    await pause(outageMs)
    proxy.become(() => ({}))
    outages.push(await untilBack(seen))
  }
  const silent: number[] = []
  for (let round = 0; round < silences; round++) {
    const from = performance.now()
    proxy.blackhole(true)
    await until(() => seen.connection.view.phase !== 'live')
    silent.push((performance.now() - from) / 1000)
    proxy.blackhole(false)
    await live(seen)
  }
  report(`A connection comes back: ${name}`, [
    { name: 'cut, and the line good again at once', samples: cuts, unit: 'ms' },
    { name: 'the same, p95', samples: [percentile(cuts, 0.95)], unit: 'ms', budget },
    { name: `an outage of ${outageMs / 1000} s, from its end on`, samples: outages, unit: 'ms' },
    { name: 'the same, p95', samples: [percentile(outages, 0.95)], unit: 'ms', budget },
    { name: 'a silent line is given up, slowest', samples: [Math.max(...silent)], unit: 's', budget: 12 },
  ])
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

async function live(seen: Observed): Promise<void> {
  await until(() => seen.connection.view.phase === 'live')
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
