/** A 5,000-token answer as fast as it comes: to one client, to fifty, to old ones, and past some that do not read. */

import { report } from './report.ts'
import { BenchPeer } from './support/peer.ts'
import { cpuMs, residentMb, spawnGateway, startBare, startProvider } from './support/processes.ts'

/** The ratio of one pair lies between 0.5 and 1.8: only the median of many says something. */
const rounds = 41
const ours = { caps: ['reattach'] }
const old = { protocol: 3 } as const
const current = { protocol: 4 } as const

await using provider = await startProvider()
await using bare = await startBare(provider.port)
await using gateway = await spawnGateway({ providerPort: provider.port })
await prepare((control) => control.call('sessions.patch', { key: 'long', model: 'bench/tokens-5000' }))

/** When the last of them has the end, ms since sending, and what they received together, MB. */
type Heard = { ended: number; mb: number }
/** Every end there was. Not each of them: 160 MB in the program that measures would slow what it measures. */
const texts = new Set<string>()

/** By a connection that is gone before anything is measured: it would be one client more. */
async function prepare(how: (control: BenchPeer) => Promise<unknown>): Promise<void> {
  const control = await BenchPeer.connectWhenUp({ port: gateway.port })
  await how(control)
  control.close()
}

/**
 * Each answer is to a session of its own age: the history goes along with the request, so it is reset before. The last
 * one asks; it hears as the others do.
 */
async function answer(count: number, options: { protocol?: 3 | 4; caps?: string[] }, stalled = 0): Promise<Heard> {
  await prepare((control) => control.call('sessions.reset', { key: 'long' }))
  const runId = crypto.randomUUID()
  const peers = await BenchPeer.connectMany(count, { port: gateway.port, ...options })
  await new Promise((resolve) => setTimeout(resolve, 50))
  for (const peer of peers) peer.bytes = 0
  for (const peer of peers.slice(0, stalled)) peer.socket.pause()
  const endings = peers.map((peer) => peer.ending(runId))
  const from = performance.now()
  await peers.at(-1)?.call('chat.send', { sessionKey: 'long', message: 'go', idempotencyKey: runId })
  await Promise.all(endings.slice(stalled))
  for (const peer of peers.slice(0, stalled)) peer.socket.resume()
  const heard = await Promise.all(endings)
  for (const peer of peers) peer.close()
  for (const { text } of heard) texts.add(text)
  return {
    ended: Math.max(...heard.map(({ ended }) => ended - from)),
    mb: peers.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6,
  }
}

const fetched: number[] = []
const alone: number[] = []
const aloneCpu: number[] = []
const wholeCpu: number[] = []
const readers = { one: ours, oneCurrent: current, oneOld: old, fifty: ours, fiftyCurrent: current, fiftyOld: old }
type Reader = keyof typeof readers
const heard = Object.fromEntries(Object.keys(readers).map((name) => [name, []])) as unknown as Record<Reader, Heard[]>

/** Asked once each per round. */
const ways: (() => Promise<unknown>)[] = [
  async () => fetched.push((await bare.ask({ way: 'fetch', model: 'tokens-5000' })).ended),
  async () => {
    const own = await bare.ask({ way: 'adapter', model: 'tokens-5000' })
    alone.push(own.ended)
    aloneCpu.push(own.cpu)
  },
  ...Object.entries(readers).map(([name, options]) => async () => {
    const cpuFrom = cpuMs(gateway.pid)
    heard[name as Reader].push(await answer(name.startsWith('one') ? 1 : 50, options))
    if (name === 'one') wholeCpu.push(cpuMs(gateway.pid) - cpuFrom)
  }),
]
for (const way of ways) await way() // the first of each is warm-up
for (const samples of [fetched, alone, aloneCpu, wholeCpu, ...Object.values(heard)]) samples.length = 0
// In another order each time: what comes after its own process finds warm caches, and would always be the quicker one.
for (let round = 0; round < rounds; round++) for (const way of shuffled(ways)) await way()
await answer(10, ours, 5)
if (texts.size !== 1) throw new Error('readers ended with different texts')

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

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
