/** Many clients: health requests a second, what an idle client costs, what joining costs however many are there. */

import { once } from 'node:events'
import type { WebSocket } from 'ws'
import { report } from './report.ts'
import { BenchPeer } from './support/peer.ts'
import { residentMb, spawnGateway } from './support/processes.ts'

await using gateway = await spawnGateway()
const control = await BenchPeer.connectWhenUp({ port: gateway.port })

/** Pipelined: all requests are written before the first answer is read. */
async function healthRate(requests: number): Promise<number> {
  const frames = Array.from({ length: requests }, (_, i) =>
    JSON.stringify({ type: 'req', id: `h${i}`, method: 'health' }),
  )
  const socket: WebSocket = control.socket
  let answers = 0
  const done = new Promise<void>((resolve) => {
    const count = (data: Buffer) => {
      if (data.includes('"id":"h') && ++answers === requests) {
        socket.off('message', count)
        resolve()
      }
    }
    socket.on('message', count)
  })
  const from = performance.now()
  // In batches below the server's limit of requests in flight.
  for (const frame of frames) socket.send(frame)
  await done
  return requests / ((performance.now() - from) / 1000)
}

await healthRate(200)
const rates: number[] = []
for (let i = 0; i < 5; i++) rates.push(await healthRate(5000))

const before = residentMb(gateway.pid)
const joinBytes: number[] = []
const peers: BenchPeer[] = []
while (peers.length < 1000) {
  const batch = await Promise.all(Array.from({ length: 20 }, () => BenchPeer.connect({ port: gateway.port })))
  peers.push(...batch)
}
await new Promise((resolve) => setTimeout(resolve, 2000))
const perClient = ((residentMb(gateway.pid) - before) * 1024) / peers.length
for (let i = 0; i < 5; i++) {
  const late = await BenchPeer.connect({ port: gateway.port })
  await new Promise((resolve) => setTimeout(resolve, 300))
  joinBytes.push(late.bytes / 1024)
  late.close()
  await once(late.socket, 'close')
}
for (const peer of peers) peer.close()
control.close()

report('Many clients', [
  { name: 'health, pipelined over one connection', samples: rates, unit: 'requests/s', budget: 10_000, atLeast: true },
  { name: '1,000 idle clients, each', samples: [perClient], unit: 'KB', budget: 100 },
  { name: 'joining as number 1,001: bytes received', samples: joinBytes, unit: 'KB', budget: 20 },
])
