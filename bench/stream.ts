/** A 5,000-token answer as fast as it comes: to one client, to fifty, to old ones, and past some that do not read. */

import { report } from './report.ts'
import { BenchPeer } from './support/peer.ts'
import { cpuMs, residentMb, spawnGateway, startBare, startProvider } from './support/processes.ts'

/** As many as there are things to measure, twice. */
const rounds = 16
const ours = { caps: ['reattach'] }
const old = { protocol: 3 } as const
const current = { protocol: 4 } as const

await using provider = await startProvider()
await using bare = await startBare(provider.port)
await using gateway = await spawnGateway({ providerPort: provider.port })
const control = await BenchPeer.connectWhenUp({ port: gateway.port })
await control.call('sessions.patch', { key: 'long', model: 'bench/tokens-5000' })

/** When the last of them has the end, ms since sending; what they received together, MB; and that end, of each. */
type Heard = { ended: number; mb: number; texts: string[] }

/** Each answer is to a session of its own age: the history goes along with the request, so it is reset before. */
async function answer(count: number, options: { protocol?: 3 | 4; caps?: string[] }, stalled = 0): Promise<Heard> {
  await control.call('sessions.reset', { key: 'long' })
  const runId = crypto.randomUUID()
  const peers = await BenchPeer.connectMany(count, { port: gateway.port, ...options })
  await new Promise((resolve) => setTimeout(resolve, 50))
  for (const peer of peers) peer.bytes = 0
  for (const peer of peers.slice(0, stalled)) peer.socket.pause()
  const endings = peers.map((peer) => peer.ending(runId))
  const from = performance.now()
  await control.call('chat.send', { sessionKey: 'long', message: 'go', idempotencyKey: runId })
  await Promise.all(endings.slice(stalled))
  for (const peer of peers.slice(0, stalled)) peer.socket.resume()
  const heard = await Promise.all(endings)
  for (const peer of peers) peer.close()
  return {
    ended: Math.max(...heard.map(({ ended }) => ended - from)),
    mb: peers.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6,
    texts: heard.map(({ text }) => text),
  }
}

const fetched: number[] = []
const alone: number[] = []
const aloneCpu: number[] = []
const wholeCpu: number[] = []
const readers = { one: ours, oneCurrent: current, oneOld: old, fifty: ours, fiftyCurrent: current, fiftyOld: old }
type Reader = keyof typeof readers
const heard = Object.fromEntries(Object.keys(readers).map((name) => [name, []])) as unknown as Record<Reader, Heard[]>
const ask = async (round: number, thing: Reader | 'fetch' | 'adapter'): Promise<void> => {
  if (thing === 'fetch' || thing === 'adapter') {
    const { ended, cpu } = await bare.ask({ way: thing, model: 'tokens-5000' })
    if (round < 0) return
    if (thing === 'fetch') fetched.push(ended)
    else {
      alone.push(ended)
      aloneCpu.push(cpu)
    }
    return
  }
  const cpuFrom = cpuMs(gateway.pid)
  const answered = await answer(thing.startsWith('one') ? 1 : 50, readers[thing])
  if (round < 0) return
  if (thing === 'one') wholeCpu.push(cpuMs(gateway.pid) - cpuFrom)
  heard[thing].push(answered)
}
const things = ['fetch', 'adapter', ...(Object.keys(readers) as Reader[])] as const
for (let round = -1; round < rounds; round++) {
  // The first of a round finds its process at rest and pays for that, so each has its turn to be the first.
  const first = Math.max(0, round) % things.length
  for (const thing of [...things.slice(first), ...things.slice(0, first)]) await ask(round, thing) // round -1 warms up
}
const stalled = await answer(10, ours, 5)
const texts = new Set([...Object.values(heard).flat(), stalled].flatMap((each) => each.texts))
if (texts.size !== 1) throw new Error('readers ended with different texts')
control.close()

const times = (name: Reader) => heard[name].map(({ ended }, i) => ended / (alone[i] ?? Number.NaN))
const megabytes = (name: Reader) => heard[name].map(({ mb }) => mb)
report('5,000 tokens as fast as they come, warm', [
  { name: 'a raw fetch of the provider, to its end', samples: fetched, unit: 'ms' },
  { name: 'our provider adapter alone, to its end', samples: alone, unit: 'ms' },
  { name: 'one client, to its end', samples: heard.one.map(({ ended }) => ended), unit: 'ms' },
  { name: 'one client ÷ the adapter alone', samples: times('one'), unit: '×', budget: 1.1 },
  { name: 'one protocol 4 client ÷ the adapter alone', samples: times('oneCurrent'), unit: '×', budget: 1.1 },
  { name: 'one protocol 3 client ÷ the adapter alone', samples: times('oneOld'), unit: '×', budget: 1.1 },
  { name: '50 clients ÷ the adapter alone, the last one', samples: times('fifty'), unit: '×', budget: 1.5 },
  { name: '50 protocol 4 clients ÷ the adapter alone', samples: times('fiftyCurrent'), unit: '×', budget: 1.5 },
  { name: '50 protocol 3 clients ÷ the adapter alone', samples: times('fiftyOld'), unit: '×', budget: 1.5 },
  { name: 'one client, received', samples: megabytes('one'), unit: 'MB', budget: 1 },
  { name: 'one protocol 4 client, received', samples: megabytes('oneCurrent'), unit: 'MB', budget: 1 },
  { name: 'one protocol 3 client, received', samples: megabytes('oneOld'), unit: 'MB', budget: 1 },
  { name: '50 clients, received', samples: megabytes('fifty'), unit: 'MB', budget: 50 },
  { name: '50 protocol 4 clients, received', samples: megabytes('fiftyCurrent'), unit: 'MB', budget: 50 },
  { name: '50 protocol 3 clients, received', samples: megabytes('fiftyOld'), unit: 'MB', budget: 50 },
  { name: 'CPU of our provider adapter alone', samples: aloneCpu, unit: 'ms' },
  { name: 'CPU of the gateway, one client', samples: wholeCpu, unit: 'ms' },
  { name: 'gateway resident afterwards', samples: [residentMb(gateway.pid)], unit: 'MB' },
  // It throws above when any of the ten ended with another text or not at all.
  { name: 'clients that did not read and still got the end', samples: [5], unit: 'of 5', budget: 5, atLeast: true },
])
