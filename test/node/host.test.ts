import { expect, test } from 'vitest'
import { startOwnNode } from '../support/own-node.ts'

test('what is not offered, wrong params and an unknown program are each answered in words', async () => {
  await using node = await startOwnNode({ policy: { security: 'full' } })
  const asked = (command: string, params: unknown) =>
    node.gateway.nodes.calls.ask({
      ...{ nodeId: node.nodeId, command, params, by: 'x', idempotencyKey: command, timeoutMs: 5000 },
    })
  await expect(asked('system.which', { bins: 'sh' })).rejects.toThrow('wrong params for system.which: bins:')
  const { payload } = await asked('system.which', { bins: ['sh', '../../bin/sh', 'no-such-program'] })
  expect(payload).toEqual({ bins: { sh: expect.stringMatching(/^\/.*sh$/) } })
})

test('EX13: a gateway that asks again under the same key gets the same answer, and nothing runs twice', async () => {
  await using node = await startOwnNode({ policy: { security: 'full' } })
  const ask = () =>
    node.gateway.nodes.calls.ask({
      ...{
        nodeId: node.nodeId,
        command: 'system.run',
        params: { command: ['sh', '-c', 'echo x >> log; wc -l < log'] },
      },
      ...{ by: 'x', idempotencyKey: 'same', timeoutMs: 5000 },
    })
  const [first, second] = [await ask(), await ask()]
  expect([first.payload, second.payload]).toMatchObject([{ stdout: '1\n' }, { stdout: '1\n' }])
})

test('the node comes back by itself after its connection was cut, approved as before', async () => {
  await using node = await startOwnNode({ policy: { security: 'full' } })
  const before = node.gateway.nodes.roster.connectionOf(node.nodeId)
  before?.close(1012, 'service restart')
  await expect
    .poll(() => node.gateway.nodes.roster.connectionOf(node.nodeId)?.peer.connId, { timeout: 10_000 })
    .toSatisfy((id) => id !== undefined && id !== before?.peer.connId)
  expect(await node.run('echo', 'back')).toMatchObject({ payload: { stdout: 'back\n' } })
})

test('a second node for the same gateway is refused while the first runs', async () => {
  await using node = await startOwnNode()
  const { takePlace } = await import('../../src/node/place.ts')
  const { hostFolder } = await import('../../src/node/open-commands.ts')
  const { programsOf } = await import('../../src/client/system-programs.ts')
  const ask = programsOf({ PATH: process.env.PATH ?? '' })
  const folder = hostFolder(node.home.paths.nodeDir, 'another')
  await using _first = await takePlace(folder, 'vps', ask)
  await expect(takePlace(folder, 'vps', ask)).rejects.toThrow(/A node for vps runs on this machine already/)
})
