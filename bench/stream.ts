/** A 5,000-token answer as fast as it comes: to one client, to fifty, to old ones, and past one that does not read. */

import { report } from './report.ts'
import { BenchPeer } from './support/peer.ts'
import { residentMb, spawnGateway, startProvider } from './support/processes.ts'

await using provider = await startProvider()
await using gateway = await spawnGateway({ providerPort: provider.port })
const control = await BenchPeer.connectWhenUp({ port: gateway.port })
await control.call('sessions.patch', { key: 'long', model: 'bench/tokens-5000' })

/** The provider's own time: asked directly and read to the end, ms. */
async function direct(): Promise<number> {
  const from = performance.now()
  const response = await fetch(`http://127.0.0.1:${provider.port}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'tokens-5000', stream: true }),
  })
  let length = 0
  for await (const piece of response.body as AsyncIterable<Uint8Array>) length += piece.length
  if (length < 5000) throw new Error('the provider said too little')
  return performance.now() - from
}

type Listener = { bytes: number; ended: number; text: string }

async function answer(
  count: number,
  options: { protocol?: 3 | 4; caps?: string[]; stalled?: number },
): Promise<Listener[]> {
  const runId = crypto.randomUUID()
  let from = 0
  const listeners = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const { promise, resolve } = Promise.withResolvers<{ ended: number; text: string }>()
      const peer = await BenchPeer.connect({
        port: gateway.port,
        ...options,
        onEvent: (event, payload) => {
          if (event === 'chat' && payload.runId === runId && payload.state === 'final')
            resolve({ ended: performance.now() - from, text: payload.message?.content[0]?.text ?? '' })
        },
      })
      const before = peer.bytes
      const stalls = index < (options.stalled ?? 0)
      if (stalls) peer.socket.pause()
      return { peer, before, promise, stalls }
    }),
  )
  from = performance.now()
  await control.call('chat.send', { sessionKey: 'long', message: 'go', idempotencyKey: runId })
  await Promise.all(listeners.filter(({ stalls }) => !stalls).map(({ promise }) => promise))
  for (const { peer, stalls } of listeners) if (stalls) peer.socket.resume()
  return Promise.all(
    listeners.map(async ({ peer, before, promise }) => {
      const { ended, text } = await promise
      peer.close()
      return { bytes: peer.bytes - before, ended, text }
    }),
  )
}

await direct()
await answer(1, { caps: ['reattach'] })
const own: number[] = []
const one: number[] = []
const oneBytes: number[] = []
const oldBytes: number[] = []
const fifty: number[] = []
const fiftyBytes: number[] = []
const lengths = new Set<number>()
for (let i = 0; i < 7; i++) {
  own.push(await direct())
  const [ours] = await answer(1, { caps: ['reattach'] })
  one.push((ours?.ended ?? Number.NaN) / (own.at(-1) ?? 1))
  oneBytes.push((ours?.bytes ?? Number.NaN) / 1e6)
  const [old] = await answer(1, { protocol: 3 })
  oldBytes.push((old?.bytes ?? Number.NaN) / 1e6)
  const many = await answer(50, i % 2 === 0 ? { caps: ['reattach'] } : { protocol: 3 })
  fifty.push(Math.max(...many.map(({ ended }) => ended)) / (own.at(-1) ?? 1))
  fiftyBytes.push(many.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6)
  for (const { text } of [...many, ours, old].filter((each) => each !== undefined)) lengths.add(text.length)
}
const stalled = await answer(10, { caps: ['reattach'], stalled: 5 })
for (const { text } of stalled) lengths.add(text.length)
if (lengths.size !== 1) throw new Error(`readers ended with different texts: ${[...lengths].join(', ')} units`)
control.close()

report('5,000 tokens as fast as they come', [
  { name: 'provider asked directly', samples: own, unit: 'ms' },
  { name: 'one client ÷ provider', samples: one, unit: '×', budget: 1.1 },
  { name: 'one client, bytes', samples: oneBytes, unit: 'MB', budget: 1 },
  { name: 'one protocol 3 client, bytes', samples: oldBytes, unit: 'MB', budget: 1 },
  { name: '50 clients ÷ provider, the last one', samples: fifty, unit: '×', budget: 1.5 },
  { name: '50 clients, bytes', samples: fiftyBytes, unit: 'MB', budget: 50 },
  { name: 'gateway resident afterwards', samples: [residentMb(gateway.pid)], unit: 'MB' },
  {
    name: '5 of 10 clients that did not read still got the end',
    samples: [stalled.length / 2],
    unit: 'of 5',
    budget: 5,
    atLeast: true,
  },
])
