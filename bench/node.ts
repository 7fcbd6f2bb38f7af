/** Device nodes: how long an operator's call to a node and back takes, and fifty nodes asked twenty times each at once. */

import { once } from 'node:events'
import { WebSocket } from 'ws'
import { connectParamsOf, makeDevice } from '../test/support/device.ts'
import { percentile, report } from './report.ts'
import { BenchPeer } from './support/peer.ts'
import { spawnGateway, token } from './support/processes.ts'

const calls = 1000
const nodes = 50
const each = 20

await using gateway = await spawnGateway()

/** Answers at once with nothing: what is measured is the way there and back. */
async function connectNode(): Promise<{ nodeId: string; socket: WebSocket }> {
  const device = makeDevice()
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/`, { perMessageDeflate: false })
  const [challenge] = (await once(socket, 'message')) as [Buffer]
  const { payload } = JSON.parse(challenge.toString()) as { payload: { nonce: string; ts: number } }
  const client = { id: 'node-host', mode: 'node' as const, displayName: 'bench' }
  const params = connectParamsOf({
    ...{ device, client, nonce: payload.nonce, signedAt: payload.ts, role: 'node', scopes: [], auth: { token } },
    ...{ commands: ['system.which'], caps: ['system'] },
  })
  socket.send(JSON.stringify({ type: 'req', id: 'c', method: 'connect', params }))
  const [hello] = (await once(socket, 'message')) as [Buffer]
  if (!hello.includes('"ok":true')) throw new Error(hello.toString())
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as { event?: string; payload: { id: string } }
    if (frame.event !== 'node.invoke.request') return
    const { id } = frame.payload
    const result = { id, nodeId: device.id, ok: true, payloadJSON: '{"bins":{}}' }
    socket.send(JSON.stringify({ type: 'req', id, method: 'node.invoke.result', params: result }))
  })
  return { nodeId: device.id, socket }
}

// A connection has at most 256 calls open.
const operators = [await BenchPeer.connectWhenUp({ port: gateway.port }), ...(await BenchPeer.connectMany(4, gateway))]
const [operator] = operators as [BenchPeer]
const all = await Promise.all(Array.from({ length: nodes }, connectNode))
const { pending } = (await operator.call('node.pair.list', {})) as unknown as { pending: { requestId: string }[] }
for (const { requestId } of pending) await operator.call('node.pair.approve', { requestId })

let key = 0
const invoke = (nodeId: string, by = operator) =>
  by.call('node.invoke', { nodeId, command: 'system.which', params: { bins: [] }, idempotencyKey: `k${++key}` })

const [first] = all
if (!first) throw new Error('no node')
for (let i = 0; i < 200; i++) await invoke(first.nodeId)
const trips: number[] = []
for (let i = 0; i < calls; i++) {
  const from = performance.now()
  await invoke(first.nodeId)
  trips.push(performance.now() - from)
}

const rounds: number[] = []
for (let round = 0; round < 7; round++) {
  const from = performance.now()
  await Promise.all(
    all.flatMap(({ nodeId }, i) => Array.from({ length: each }, () => invoke(nodeId, operators[i % operators.length]))),
  )
  rounds.push(performance.now() - from)
}
for (const { socket } of all) socket.close()
for (const one of operators) one.close()

report('Device nodes', [
  { name: 'invoke: operator, gateway, node and back', samples: trips, unit: 'ms', budget: 2 },
  { name: 'the same, 99 of 100 within', samples: [percentile(trips, 0.99)], unit: 'ms', budget: 10 },
  { name: `${nodes} nodes × ${each} invokes at once, all answered`, samples: rounds, unit: 'ms', budget: 1000 },
])
