import { expect, test } from 'vitest'
import { Fault } from '../../../src/shared/fault.ts'
import { nodesText, ranText } from '../../../src/tui/commands/nodes-page.ts'
import { expectFrame } from '../../support/frames.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, called } from '../../support/ui.tsx'

const nodeId = 'ec86429cdbcfbcf4f5af51dcf0ca357f1d9685631e6d30fa34311a9bcb2e1977'
const answers = {
  'node.list': () => ({
    ts: 7_300_000,
    nodes: [
      {
        ...{ nodeId, displayName: 'mac-mini', platform: 'darwin', caps: ['system'], paired: true, connected: true },
        commands: ['system.run', 'system.which'],
      },
      {
        ...{ nodeId: '0b'.repeat(32), displayName: '書斎の箱', platform: 'linux', caps: [], paired: true },
        ...{ connected: false, lastConnectedAtMs: 100_000, commands: [], waitingCommands: ['camera.snap'] },
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
  'node.pair.reject': () => ({ requestId: 'n1', nodeId: 'x' }),
  'node.rename': () => ({ nodeId, displayName: '台所' }),
  'node.invoke': () => ({
    ...{ ok: true, nodeId, command: 'system.run', payloadJSON: null },
    payload: { exitCode: 3, stdout: 'up 3 days\na\tb\n', stderr: '\u001b[31mred\u001b[0m\n' },
  }),
  'node.pair.approve': () => ({ requestId: 'n1', node: { nodeId: 'x', createdAtMs: 1, approvedAtMs: 1 } }),
}

test.each([
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 50, rows: 20 },
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

test('what waits is refused, and a node gets another name', async () => {
  const script = scriptedGateway(answers)
  await using screen = await arrived(script)
  await screen.type('/nodes reject 書斎の箱<enter>')
  await screen.until('書斎の箱 is refused.')
  expect(called(script, 'node.pair.reject')).toEqual([{ requestId: 'n1' }])
  await screen.type('/nodes rename mac-mini<enter>')
  await screen.until('Say its new name too')
  await screen.type(' 台所 の箱<enter>')
  await screen.until('mac-mini is called 台所.')
  expect(called(script, 'node.rename')).toEqual([{ nodeId, displayName: '台所 の箱' }])
  await screen.type('/nodes remove mac-mini<enter>')
  await screen.until('/nodes knows approve, reject, rename and run, not "remove".')
})

test.each([
  ['rename', 'Say which one, and its new name: /nodes rename <name> <new name>'],
  ['RUN', 'Say where, and a program: /nodes run <name> uptime'],
  ['approve', 'Say which one: /nodes approve <name>'],
])('/nodes %s alone says what it needs, and stays in the composer', async (verb, words) => {
  const script = scriptedGateway(answers)
  await using screen = await arrived(script)
  await screen.type(`/nodes ${verb}<enter>`)
  await screen.until(words)
  expect(screen.text()).toMatch(new RegExp(`› /nodes ${verb}\\s*\\n─`))
  expect(called(script, 'node.list')).toEqual([])
})

test('a program runs on a node: its words as they were typed, what it said under the place', async () => {
  const script = scriptedGateway(answers)
  await using screen = await arrived(script)
  await screen.type('/nodes run mac-mini echo "two words" $HOME<enter>')
  await screen.until('Ended with 3.')
  const [call] = called(script, 'node.invoke') as [Record<string, unknown>]
  const command = ['echo', 'two words', '$HOME']
  expect(call).toMatchObject({ nodeId, command: 'system.run', params: { command, timeoutMs: 30_000 } })
  await expectFrame(screen, 'nodes-run-80x24')
  await screen.type('<esc>')
  await screen.after()
  await screen.type('/nodes run nobody uptime<enter>')
  await screen.until('No node "nobody" is known')
  expect(ranText('node a', ['b'], { timedOut: true })).toContain('its time was over')
  expect(ranText('node a', ['b'], { error: 'not\nallowed' })).toContain('\tnot allowed')
})

test('what a node refuses is said of that node, with what helps', async () => {
  const message = 'There is no program nope.'
  const refuse = () => {
    throw new Fault('client.call-failed', `node.invoke: ${message}`, { details: { method: 'node.invoke', message } })
  }
  const script = scriptedGateway({ ...answers, 'node.invoke': refuse })
  await using screen = await arrived(script)
  await screen.type('/nodes run mac-mini nope<enter>')
  await screen.until(`mac-mini: ${message}`)
  await screen.until('ask where it is: clawdbot nodes invoke mac-mini')
})

test('the page says who is asked before it runs, and then what it says while it does', async () => {
  const asked = Promise.withResolvers<unknown>()
  const script = scriptedGateway({ ...answers, 'node.invoke': () => asked.promise })
  await using screen = await arrived(script)
  await screen.type('/nodes run mac-mini uptime<enter>')
  await screen.until('Running…')
  const [{ idempotencyKey }] = called(script, 'node.invoke') as [{ idempotencyKey: string }]
  const piece = { nodeId, chunk: '', isAsking: true }
  script.tell('node.invoke.output', { ...piece, idempotencyKey: 'of another call', asker: 'gateway' })
  script.tell('node.invoke.output', { ...piece, idempotencyKey })
  await screen.until('mac-mini asks its owner first; to answer there: clawdbot')
  script.tell('node.invoke.output', {
    nodeId,
    idempotencyKey,
    chunk: 'up 3 \u001b[1mdays\nand',
    stream: 'stdout',
    offset: 0,
  })
  await screen.until('up 3 days')
  expect(screen.text()).toContain('Running…')
  asked.resolve(answers['node.invoke']())
  await screen.until('Ended with 3.')
})

test('without nodes the page says how one comes about; nothing a node calls itself breaks it', () => {
  expect(nodesText({ nodes: [], waiting: [], ts: 1 })).toContain('clawdbot node run')
  const odd = { nodeId: 'n', displayName: 'a\tb', caps: [], commands: [], paired: true, connected: true }
  expect(nodesText({ nodes: [odd], waiting: [], ts: 1 })).toContain('● ab\tpaired · connected')
})
