import { expect, test } from 'vitest'
import { nodesText } from '../../../src/tui/commands/nodes.ts'
import { expectFrame } from '../../support/frames.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, called } from '../../support/ui.tsx'

const nodeId = 'ec86429cdbcfbcf4f5af51dcf0ca357f1d9685631e6d30fa34311a9bcb2e1977'
const answers = {
  'node.list': () => ({
    ts: 1,
    nodes: [
      {
        ...{ nodeId, displayName: 'mac-mini', platform: 'darwin', caps: ['system'], paired: true, connected: true },
        commands: ['system.run', 'system.which'],
      },
      {
        ...{ nodeId: '0b'.repeat(32), displayName: '書斎の箱', platform: 'linux', caps: [], paired: true },
        ...{ connected: false, commands: [], waitingCommands: ['camera.snap'] },
      },
    ],
  }),
  'device.pair.list': () => ({
    pending: [{ requestId: 'd1', deviceId: '0c'.repeat(32), publicKey: 'k', displayName: 'pi', role: 'node', ts: 1 }],
    paired: [],
  }),
  'node.pair.list': () => ({
    pending: [{ requestId: 'n1', nodeId: '0b'.repeat(32), displayName: '書斎の箱', commands: ['camera.snap'], ts: 1 }],
    paired: [],
  }),
  'device.pair.approve': () => ({ requestId: 'd1', device: { deviceId: 'x' } }),
  'node.pair.approve': () => ({ requestId: 'n1', node: { nodeId: 'x', createdAtMs: 1, approvedAtMs: 1 } }),
}

test.each([
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
])('the nodes of a gateway are a page, what waits first, at $columns×$rows', async (size) => {
  const script = scriptedGateway(answers)
  await using screen = await arrived(script, size)
  await screen.type('/nodes<enter>')
  await screen.after()
  await expectFrame(screen, `nodes-${size.columns}x${size.rows}`)
})

test('what waits is approved by its name, to connect or to be asked', async () => {
  const script = scriptedGateway(answers)
  await using screen = await arrived(script)
  await screen.type('/nodes approve pi<enter>')
  await screen.until('pi may connect, and is asked nothing yet.')
  expect(called(script, 'device.pair.approve')).toEqual([{ requestId: 'd1' }])
  await screen.type('/nodes approve 書斎の箱<enter>')
  await screen.until('may be asked: camera.snap.')
  expect(called(script, 'node.pair.approve')).toEqual([{ requestId: 'n1' }])
  await screen.type('/nodes approve nobody<enter>')
  await screen.until('No node "nobody" waits')
})

test('without nodes the page says how one comes about; nothing a node calls itself breaks it', () => {
  expect(nodesText({ nodes: [], waiting: [] })).toContain('clawdbot node run')
  const odd = { nodeId: 'n', displayName: 'a\tb', caps: [], commands: [], paired: true, connected: true }
  expect(nodesText({ nodes: [odd], waiting: [] })).toContain('● ab\tpaired · connected')
})
