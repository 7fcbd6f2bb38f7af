/** Many clients: health requests a second, what an idle client costs, what joining costs however many are there. */

import { once } from 'node:events'
import { report } from './report.ts'
import { BenchPeer } from './support/peer.ts'
import { residentMb, spawnGateway } from './support/processes.ts'

const clients = 1000

await using gateway = await spawnGateway()

/** Pipelined: the requests are written without waiting for answers; each answer is looked at for its success. */
async function healthRate(requests: number): Promise<number> {
  const { socket } = await BenchPeer.connectWhenUp({ port: gateway.port })
  socket.removeAllListeners('message')
  let answers = 0
  const { promise: done, resolve, reject } = Promise.withResolvers<void>()
  socket.on('message', (data: Buffer) => {
    const head = data.toString('latin1', 0, 40)
    if (!head.includes('"id":"h')) return
    if (!head.includes('"ok":true')) return reject(new Error(data.toString()))
    if (++answers === requests) resolve()
  })
  const from = performance.now()
  for (let i = 0; i < requests; i++) socket.send(`{"type":"req","id":"h${i}","method":"health"}`)
  await done
  const seconds = (performance.now() - from) / 1000
  socket.close()
  return requests / seconds
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

await healthRate(5000)
const rates: number[] = []
for (let i = 0; i < 7; i++) rates.push(await healthRate(20_000))

await pause(1000)
const before = residentMb(gateway.pid)
const peers = await BenchPeer.connectMany(clients, { port: gateway.port })
await pause(2000)
const perClient = ((residentMb(gateway.pid) - before) * 1024) / clients

const joinBytes: number[] = []
for (let i = 0; i < 5; i++) {
  const late = await BenchPeer.connect({ port: gateway.port })
  await pause(1500) // presence is told once a second at most; what it tells counts as the price of joining
  joinBytes.push(late.bytes / 1024)
  late.close()
  await once(late.socket, 'close')
}
for (const peer of peers) peer.close()

report('Many clients', [
  { name: 'health, pipelined on one connection', samples: rates, unit: 'requests/s', budget: 10_000, atLeast: true },
  { name: '1,000 idle clients: growth of the gateway, each', samples: [perClient], unit: 'KB', budget: 100 },
  { name: 'joining as client 1,001: received in 1.5 s', samples: joinBytes, unit: 'KB', budget: 20 },
])
