/**
 * Cuts between our client and a gateway, directly and through a real sshd: how long after the link returns the connection
 * is live again, and how long a link that swallows everything without a word goes unnoticed. The link goes with its
 * network and returns with it, as with a laptop's Wi-Fi: the client then sees other addresses, as the system would show.
 */

import { openConnection } from '../src/client/connection.ts'
import { FileOutbox } from '../src/client/outbox.ts'
import { systemClock } from '../src/shared/std/clock.ts'
import { noPrompts } from '../src/tunnel/prompts.ts'
import type { Way } from '../src/tunnel/way.ts'
import { Home, Observed } from '../test/client/support.ts'
import { ChaosProxy } from '../test/support/chaos-proxy.ts'
import { startSshd } from '../test/support/sshd.ts'
import { percentile, report } from './report.ts'
import { spawnGateway, token } from './support/processes.ts'

const outages = 20
const silences = 3
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

let port = 0
await using direct = await ChaosProxy.before(() => port)
// The gateway answers to the name and port it is reached by only when it is told to.
await using gateway = await spawnGateway({ allowedHosts: [new URL(direct.url).host] })
port = gateway.port
await using sshd = await startSshd()
await using behindSsh = await ChaosProxy.before(sshd.port)
await using home = await Home.make()
const directWay: Way = { kind: 'direct', url: direct.url }
const sshWay: Way = { ...sshd.way({ gatewayPort: gateway.port }), port: Number(new URL(behindSsh.url).port) }

const ws = await outagesOf(direct, directWay)
const ssh = await outagesOf(behindSsh, sshWay)
report('Live again after the link returned', [
  { name: 'ws', samples: ws, unit: 'ms' },
  { name: 'ws, p95', samples: [percentile(ws, 0.95)], unit: 'ms', budget: 1_000 },
  { name: 'ssh', samples: ssh, unit: 'ms' },
  { name: 'ssh, p95', samples: [percentile(ssh, 0.95)], unit: 'ms', budget: 2_000 },
])
report('A link that swallows everything is noticed', [
  { name: 'ws', samples: await silencesOf(direct, directWay), unit: 's', budget: 12 },
  { name: 'ssh', samples: await silencesOf(behindSsh, sshWay), unit: 's', budget: 12 },
])

/** A client whose network the benchmark turns on and off. */
async function open(way: Way) {
  const greeter = await home.greeter(direct.url, { token })
  const outbox = await FileOutbox.open(home.paths.outboxDir, 'bench', systemClock)
  let network = 'wifi'
  const connection = openConnection({
    ...{ name: 'bench', ways: [way], greeter: () => greeter, outbox, clock: systemClock, env: {} },
    ...{ prompts: { ...noPrompts, trustHost: async () => true }, paths: { ...home.paths, home: sshd.home } },
    network: () => network,
  })
  const seen = new Observed(connection)
  await when(seen, (phase) => phase === 'live')
  const setNetwork = (name: string) => {
    network = name
  }
  return { seen, setNetwork }
}

async function outagesOf(proxy: ChaosProxy, way: Way): Promise<number[]> {
  const { seen, setNetwork } = await open(way)
  await using _ = seen
  const samples: number[] = []
  for (let i = 0; i < outages; i++) {
    proxy.become(() => ({ refuse: true }))
    proxy.cut()
    setNetwork('none')
    await when(seen, (phase) => phase !== 'live')
    await pause(500 + ((i * 797) % 5_000))
    proxy.become(() => ({}))
    setNetwork(`wifi ${i}`)
    const from = performance.now()
    await when(seen, (phase) => phase === 'live')
    samples.push(performance.now() - from)
  }
  return samples
}

async function silencesOf(proxy: ChaosProxy, way: Way): Promise<number[]> {
  const samples: number[] = []
  for (let i = 0; i < silences; i++) {
    const { seen } = await open(way)
    await using _ = seen
    await pause(1_000 + i * 700)
    proxy.blackhole(true)
    const from = performance.now()
    await when(seen, (phase) => phase !== 'live')
    samples.push((performance.now() - from) / 1000)
    proxy.blackhole(false)
    proxy.cut()
  }
  return samples
}

/** Resolves at the change of phase itself; a minute at the most. */
function when({ connection }: Observed, check: (phase: string) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const { view } = connection
    const give = setTimeout(() => reject(new Error(`still ${view.phase}: ${view.fault?.message}`)), 60_000)
    const look = () => {
      if (!check(connection.view.phase)) return
      clearTimeout(give)
      stop()
      resolve()
    }
    const stop = connection.subscribe(look)
    look()
  })
}
