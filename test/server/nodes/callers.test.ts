import { expect, test } from 'vitest'
import { startTestGateway } from '../../support/gateway.ts'
import { approveNode, connectNode } from '../../support/node.ts'

test('EX13: who leaves a call under one key takes the answer from nobody; the last one ends it', async () => {
  await using gateway = await startTestGateway()
  using admin = await gateway.client()
  const node = await connectNode(gateway)
  await approveNode(admin, node.nodeId)
  const line = () => gateway.client({ client: { id: 'cli', mode: 'cli' } })
  const which = { nodeId: node.nodeId, command: 'system.which', params: { bins: ['sh'] }, timeoutMs: 600_000 }
  const run = { nodeId: node.nodeId, command: 'system.run', params: { command: ['make'] } }
  for (const [index, call] of [which, run].entries()) {
    const [first, second, last] = [await line(), await line(), await line()]
    const shared = { ...call, idempotencyKey: `shared ${index}` }
    const left = first.request('node.invoke', shared).catch(() => 'gone')
    const { id } = await node.asked(2 * index + 1)
    const stays = second.request('node.invoke', shared)
    await second.request('node.list', {}) // answered in order: the call before has joined
    const before = gateway.server.clients()
    first.socket.terminate()
    expect(await left).toBe('gone')
    await expect.poll(() => gateway.server.clients()).toBe(before - 1)
    await node.answer(id, { done: index })
    expect(await stays).toMatchObject({ ok: true, payload: { payload: { done: index } } })

    const lonely = last.request('node.invoke', { ...call, idempotencyKey: `lonely ${index}` }).catch(() => 'gone')
    const { id: ended } = await node.asked(2 * index + 2)
    last.socket.terminate()
    expect(await lonely).toBe('gone')
    await node.wire.event('node.invoke.cancel', ({ invokeId }) => invokeId === ended)
    second.socket.terminate()
  }
})
