/** How fast things start and how little they hold: gateway, line commands, beside `node -e 0` in the same run. */

import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { report } from './report.ts'
import { BenchPeer, turn } from './support/peer.ts'
import { program, residentMb, spawnGateway, startProvider, timeProcess, token } from './support/processes.ts'

const repetitions = 11

const bare: number[] = []
const version: number[] = []
const health: number[] = []
const firstToHello: number[] = []
const toHello: number[] = []
const idleMb: number[] = []
const usedMb: number[] = []

await using provider = await startProvider()
{
  await using gateway = await spawnGateway()
  const peer = await BenchPeer.connectWhenUp({ port: gateway.port })
  const args = [program('clawdbot'), 'health', '--url', `ws://127.0.0.1:${gateway.port}`]
  const env = { ...gateway.env, CLAWDBOT_GATEWAY_TOKEN: token }
  await timeProcess(args, env) // fills the compile cache, as the first run of a new version does
  await timeProcess([program('clawdbot'), '--version'], env)
  for (let i = 0; i < repetitions; i++) {
    bare.push(await timeProcess(['-e', '0'], env))
    version.push(await timeProcess([program('clawdbot'), '--version'], env))
    health.push(await timeProcess(args, env))
  }
  peer.close()
}
/** Milliseconds from spawning to `hello-ok`; then what is done with the gateway. */
async function start(cacheHome: string | undefined, use: (peer: BenchPeer, pid: number) => Promise<void>) {
  await using gateway = await spawnGateway({ providerPort: provider.port, ...(cacheHome && { cacheHome }) })
  const from = gateway.spawnedAt
  const peer = await BenchPeer.connectWhenUp({ port: gateway.port })
  const took = performance.now() - from
  await use(peer, gateway.pid)
  peer.close()
  return took
}

await using cache = await mkdtempDisposable(join(tmpdir(), 'clawdbot-bench-cache-'))
for (let i = -1; i < repetitions; i++) {
  firstToHello.push(await start(undefined, async () => {}))
  const took = await start(cache.path, async (peer, pid) => {
    if (i < 0) return
    await new Promise((resolve) => setTimeout(resolve, 1000))
    idleMb.push(residentMb(pid))
    if (i >= 3) return
    for (let n = 0; n < 50; n++) await turn(peer, 'main')
    usedMb.push(residentMb(pid))
  })
  if (i >= 0) toHello.push(took)
}

const ratio = (samples: number[]) => samples.map((value, i) => value / (bare[i] ?? Number.NaN))
report('Start and memory', [
  { name: 'node -e 0', samples: bare, unit: 'ms' },
  { name: 'clawdbot --version', samples: version, unit: 'ms' },
  { name: 'clawdbot --version ÷ node -e 0', samples: ratio(version), unit: '×', budget: 2 },
  { name: 'clawdbot health', samples: health, unit: 'ms' },
  { name: 'clawdbot health ÷ node -e 0', samples: ratio(health), unit: '×', budget: 4 },
  { name: 'gateway: spawn to hello-ok, first start of a version', samples: firstToHello, unit: 'ms' },
  { name: 'gateway: spawn to hello-ok', samples: toHello, unit: 'ms', budget: 300 },
  { name: 'gateway: resident, idle', samples: idleMb, unit: 'MB', budget: 80 },
  { name: 'gateway: resident after 50 turns', samples: usedMb, unit: 'MB', budget: 110 },
])
