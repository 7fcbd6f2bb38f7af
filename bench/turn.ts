/** What one turn costs: first delta, CPU above the provider's own, size and steadiness of the prompt. */

import { report } from './report.ts'
import { BenchPeer, turn } from './support/peer.ts'
import { cpuMs, spawnGateway, startProvider } from './support/processes.ts'

const turns = 60

await using provider = await startProvider()
await using gateway = await spawnGateway({ providerPort: provider.port })
const peer = await BenchPeer.connectWhenUp({ port: gateway.port })
for (let i = 0; i < 10; i++) await turn(gateway.port)
const promptBytes = provider.lastPromptBytes()

/** The provider asked directly, as bare as Node allows: its first byte and its end, ms. */
async function ask(): Promise<{ first: number; ended: number }> {
  const from = performance.now()
  const response = await fetch(`http://127.0.0.1:${provider.port}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'tokens-20', stream: true }),
  })
  let first = Number.NaN
  for await (const _ of response.body as AsyncIterable<Uint8Array>)
    if (Number.isNaN(first)) first = performance.now() - from
  return { first, ended: performance.now() - from }
}

const own: number[] = []
const whole: number[] = []
for (let i = 0; i < turns; i++) {
  own.push((await ask()).first)
  whole.push((await turn(gateway.port, { sessionKey: `turn-${i}`, caps: ['reattach'] })).first)
}
const askCpuFrom = process.cpuUsage()
for (let i = 0; i < turns; i++) await ask()
const used = process.cpuUsage(askCpuFrom)
const askCpu = (used.user + used.system) / 1000 / turns

const cpu: number[] = []
for (let round = 0; round < 5; round++) {
  const from = cpuMs(gateway.pid)
  for (let i = 0; i < turns; i++) await turn(gateway.port, { sessionKey: `cpu-${i}`, caps: ['reattach'] })
  cpu.push((cpuMs(gateway.pid) - from) / turns - askCpu)
}
peer.close()

report('One turn', [
  { name: 'provider asked directly: first byte', samples: own, unit: 'ms' },
  { name: 'chat.send to first delta, provider included', samples: whole, unit: 'ms' },
  {
    name: 'chat.send to first delta, above the provider',
    samples: whole.map((value, i) => value - (own[i] ?? 0)),
    unit: 'ms',
    budget: 3,
  },
  { name: 'CPU per turn, above asking the provider (connect included)', samples: cpu, unit: 'ms', budget: 5 },
  { name: 'prompt of a trivial turn, whole request body', samples: [promptBytes / 1024], unit: 'KB', budget: 6 },
])
