/** What one turn costs: its first delta and its CPU beside asking the provider alone, and the size of the prompt. */

import { report } from './report.ts'
import { BenchPeer, turn } from './support/peer.ts'
import { cpuMs, spawnGateway, startBare, startProvider } from './support/processes.ts'

const turns = 100
const rounds = 5

await using provider = await startProvider()
await using bare = await startBare(provider.port)
await using gateway = await spawnGateway({ providerPort: provider.port })
const peer = await BenchPeer.connectWhenUp({ port: gateway.port, caps: ['reattach'] })

await turn(peer, 'first')
const promptBytes = provider.lastPromptBytes()
// Both sides warm: what a gateway is after its first minutes, not after its first message.
for (let i = 0; i < turns; i++) {
  await turn(peer, `warm-${i}`)
  await bare.ask({ way: 'adapter', model: 'tokens-20' })
  await bare.ask({ way: 'fetch', model: 'tokens-20' })
}

const fetched: number[] = []
for (let i = 0; i < turns; i++) fetched.push((await bare.ask({ way: 'fetch', model: 'tokens-20' })).first)

// Taking turns, each comes right after the other's process and finds the processor's caches as cold.
const alone: number[] = []
const whole: number[] = []
for (let i = 0; i < turns; i++) {
  alone.push((await bare.ask({ way: 'adapter', model: 'tokens-20' })).first)
  whole.push((await turn(peer, `turn-${i}`)).first)
}

const aloneCpu: number[] = []
const wholeCpu: number[] = []
for (let round = 0; round < rounds; round++) {
  let asked = 0
  for (let i = 0; i < turns; i++) asked += (await bare.ask({ way: 'adapter', model: 'tokens-20' })).cpu
  aloneCpu.push(asked / turns)
  const from = cpuMs(gateway.pid)
  for (let i = 0; i < turns; i++) await turn(peer, `cpu-${round}-${i}`)
  wholeCpu.push((cpuMs(gateway.pid) - from) / turns)
}
peer.close()

const above = (samples: number[], own: number[]) => samples.map((value, i) => value - (own[i] ?? Number.NaN))
report('One turn of 20 tokens, warm', [
  { name: 'first byte of a raw fetch of the provider', samples: fetched, unit: 'ms' },
  { name: 'first token of our provider adapter alone', samples: alone, unit: 'ms' },
  { name: 'chat.send to first delta', samples: whole, unit: 'ms' },
  { name: 'chat.send to first delta, above the adapter', samples: above(whole, alone), unit: 'ms', budget: 3 },
  { name: 'CPU of our provider adapter alone', samples: aloneCpu, unit: 'ms' },
  { name: 'CPU of a whole turn', samples: wholeCpu, unit: 'ms' },
  { name: 'CPU of a whole turn, above the adapter', samples: above(wholeCpu, aloneCpu), unit: 'ms', budget: 5 },
  { name: 'prompt of a trivial turn: the whole request body', samples: [promptBytes / 1024], unit: 'KB', budget: 6 },
])
