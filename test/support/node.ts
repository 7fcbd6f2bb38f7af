/** A node on the wire, played by a test: connects to a gateway, and answers as the test says. */

import { makeDevice, type TestDevice } from './device.ts'
import type { TestGateway } from './gateway.ts'
import type { RawClient } from './raw-client.ts'

export type NodeRequest = {
  id: string
  nodeId: string
  command: string
  paramsJSON: string | null
  idempotencyKey: string
}

export async function connectNode(
  gateway: TestGateway,
  options: {
    commands?: string[]
    caps?: string[]
    platform?: string
    name?: string
    device?: TestDevice
    protocol?: 3 | 4
  } = {},
) {
  const { commands = ['system.run', 'system.which'], caps = ['system'], platform = 'linux', name = 'pi' } = options
  const { device = makeDevice(), protocol = 4 } = options
  const client = { id: 'node-host', mode: 'node' as const, platform, displayName: name }
  const wire = await gateway.client({ device, role: 'node', scopes: [], client, caps, commands, protocol })
  const nodeId = device.id
  return {
    wire,
    device,
    nodeId,
    /** The request number `count`, counted from 1. */
    asked: (count = 1) => nthRequest(wire, count),
    answer: (id: string, payload: unknown, of = nodeId) =>
      wire.request('node.invoke.result', { id, nodeId: of, ok: true, payloadJSON: JSON.stringify(payload) }),
  }
}

async function nthRequest(wire: RawClient, count: number): Promise<NodeRequest> {
  await wire.until(() => requests(wire).length >= count)
  return requests(wire)[count - 1] as NodeRequest
}

function requests(wire: RawClient): NodeRequest[] {
  return wire.events.filter(({ event }) => event === 'node.invoke.request').map(({ payload }) => payload as NodeRequest)
}

/** Approves whatever waits for that node, as an admin. */
export async function approveNode(admin: RawClient, nodeId: string): Promise<void> {
  const { payload } = await admin.request('node.pair.list', {})
  const { pending } = payload as { pending: { requestId: string; nodeId: string }[] }
  for (const request of pending.filter((one) => one.nodeId === nodeId)) {
    const answer = await admin.request('node.pair.approve', { requestId: request.requestId })
    if (!answer.ok) throw new Error(answer.error?.message)
  }
}
