import { expect, test } from 'vitest'
import { startOwnNode } from '../support/own-node.ts'

test('EX13: what the gateway asks right behind its hello is answered', async () => {
  await using node = await startOwnNode({ policy: { security: 'full' } })
  const { roster, calls } = node.gateway.nodes
  for (let round = 0; round < 2; round++) {
    const before = roster.connectionOf(node.nodeId)
    before?.close(1012, 'service restart')
    const limit = performance.now() + 10_000
    // Each turn of the event loop: the question has to leave before the node has read the hello.
    while ([undefined, before?.peer.connId].includes(roster.connectionOf(node.nodeId)?.peer.connId)) {
      expect(performance.now()).toBeLessThan(limit)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const asked = { nodeId: node.nodeId, command: 'system.run', params: { command: ['echo', String(round)] } }
    const answer = await calls.ask({ ...asked, by: 'x', idempotencyKey: String(round), timeoutMs: 5000 })
    expect(answer.payload).toMatchObject({ stdout: `${round}\n` })
  }
})
