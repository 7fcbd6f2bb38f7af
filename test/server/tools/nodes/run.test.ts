import { expect, test } from 'vitest'
import type { Payload } from '../../../../src/shared/protocol/table.ts'
import { peerWith } from '../../../support/peer.ts'
import { openTestTools, type TestToolsOptions } from '../../../support/tools.ts'

type Asked = Payload<'node.invoke.request'>

/** Tools with one node that answers as the test says; undefined leaves it waiting. */
async function withNode(
  options: TestToolsOptions & { commands?: string[]; reply?(asked: Asked, call: number): unknown } = {},
) {
  const { commands = ['system.run', 'camera.snap'], reply = () => ({ exitCode: 0, stdout: 'hi\n', stderr: '' }) } =
    options
  const tools = await openTestTools(options)
  const client = { id: 'node-host', mode: 'node' as const, version: '1', platform: 'linux', displayName: 'mac-mini' }
  const peer = peerWith({ role: 'node', scopes: [], deviceId: 'n1', client, offer: { commands } })
  const asked: Asked[] = []
  tools.bus.subscribe((news) => {
    if (news.type !== 'wire' || news.event !== 'node.invoke.request') return
    asked.push(news.payload)
    const payload = reply(news.payload, asked.length)
    if (payload !== undefined) tools.nodes.calls.answered(peer, 'n1', news.payload.id, { ok: true, payload })
  })
  tools.nodes.roster.joined({ peer, close: () => {} })
  for (const { requestId } of tools.nodes.roster.pairs().pending) tools.nodes.roster.approve(requestId, 'ada')
  return { tools, asked, peer, paramsOf: (index: number) => JSON.parse(asked[index]?.paramsJSON ?? 'null') }
}

const text = (outcome: { content: unknown }) => (outcome.content as { text: string }[])[0]?.text

test('a program runs on the node after its approval, which names the node and all of the command', async () => {
  const { tools, paramsOf } = await withNode({ answer: () => 'allow-once' })
  await using _tools = tools
  const argv = ['ls', '-l', 'a b']
  const outcome = await tools.run('node_run', { node: 'MAC-mini', argv, cwd: '/tmp', approved: true })
  expect(outcome).toMatchObject({
    isError: false,
    details: { where: 'node mac-mini', command: "ls -l 'a b'", cwd: '/tmp', status: 'completed', exitCode: 0 },
  })
  expect(text(outcome)).toBe('hi')
  expect(tools.asked()).toMatchObject([
    { request: { command: "ls -l 'a b'", where: 'node mac-mini', host: 'node', cwd: '/tmp' } },
  ])
  expect(paramsOf(0)).toMatchObject({ command: argv, cwd: '/tmp', approved: true, sessionKey: 'agent:main:main' })
  expect(tools.updates.map(({ details }) => details?.phase)).toEqual([undefined, 'approval', 'running'])
  expect(tools.updates[0]).toMatchObject({ details: { where: 'node mac-mini' } })
  expect(tools.nodes.noted.at(-1)).toMatchObject({
    what: 'node.invoked',
    facts: { where: 'node mac-mini', argv, by: 'agent main', ok: true },
  })
})

test('EX9: what is denied, and a gateway that runs nothing, reach no node', async () => {
  const { tools, asked } = await withNode({ answer: () => 'deny' })
  await using _tools = tools
  const denied = await tools.run('node_run', { node: 'mac-mini', argv: ['id'] })
  expect(denied).toMatchObject({ isError: true, details: { where: 'node mac-mini', status: 'denied' } })
  const picture = await tools.run('node_camera', { node: 'mac-mini' })
  expect(picture).toMatchObject({ isError: true, details: { status: 'denied', command: 'camera.snap' } })
  tools.exec.security = 'deny'
  tools.nodes.settings.mode = 'deny'
  for (const [name, args] of [
    ['node_run', { argv: ['id'] }],
    ['node_camera', {}],
  ] as const) {
    expect(await tools.run(name, { node: 'mac-mini', ...args })).toMatchObject({ details: { status: 'denied' } })
  }
  expect(asked).toEqual([])
})

test('a program that fails, runs too long, or prints without end is told as such', async () => {
  const replies = [
    { exitCode: 3, stdout: 'out\n', stderr: 'err\n' },
    { exitCode: null, timedOut: true, stdout: '', stderr: '' },
    { exitCode: 0, stdout: 'x'.repeat(100_000), stderr: '' },
  ]
  const { tools } = await withNode({ answer: () => 'allow-once', reply: (_, call) => replies[call - 1] })
  await using _tools = tools
  const run = (id: string) => tools.run('node_run', { node: 'n1', argv: ['x'] }, { toolCallId: id })
  const failed = await run('1')
  expect([text(failed), failed.details.status]).toEqual(['out\nerr\n(exit code 3)', 'failed'])
  const late = await run('2')
  expect([text(late), late.details.status]).toEqual(['(stopped after its time limit)', 'timeout'])
  expect(text(await run('3'))).toContain('characters left out here')
})

test('a node that is unknown, away, or may not be asked is told with what there is', async () => {
  const { tools, peer } = await withNode({ commands: ['system.which'] })
  await using _tools = tools
  const run = async (node: string) => text(await tools.run('node_run', { node, argv: ['id'] }))
  expect(await run('phone')).toBe('There is no node "phone". Nodes: mac-mini.')
  expect(await run('mac-mini')).toBe('node command not allowed (command not declared by node).')
  expect(text(await tools.run('node_list', {}))).toBe('mac-mini (linux, connected): system.which')
  tools.nodes.left(peer.connId)
  expect(await run('mac-mini')).toBe('node not connected.')
  expect(text(await tools.run('node_list', {}))).toBe('mac-mini (linux, away): system.which')
})

test('a run that is stopped stops the node, and output is shown while it comes', async () => {
  const { tools, asked, peer } = await withNode({ answer: () => 'allow-once', reply: () => undefined })
  await using _tools = tools
  const stop = new AbortController()
  const cancelled: string[] = []
  tools.bus.subscribe((news) => {
    if (news.type === 'wire' && news.event === 'node.invoke.cancel') cancelled.push(news.payload.invokeId)
  })
  const running = tools.run('node_run', { node: 'mac-mini', argv: ['make'] }, { signal: stop.signal })
  await expect.poll(() => asked.length).toBe(1)
  tools.nodes.calls.progressed(peer, { nodeId: 'n1', invokeId: asked[0]?.id ?? '', seq: 0, chunk: 'compiling\n' })
  expect(tools.updates.at(-1)).toMatchObject({
    text: 'compiling\n',
    details: { where: 'node mac-mini', phase: 'running' },
  })
  stop.abort()
  expect(await running).toMatchObject({ isError: true, details: { status: 'aborted' } })
  expect(cancelled).toEqual([asked[0]?.id])
})

test('a picture of a node is shown to the model', async () => {
  const reply = () => ({ format: 'jpg', base64: '/9j/', width: 640, height: 480 })
  const { tools } = await withNode({ answer: () => 'allow-once', reply })
  await using _tools = tools
  expect(await tools.run('node_camera', { node: 'mac-mini' })).toMatchObject({
    content: [
      { type: 'text', text: 'A picture of 640 × 480 pixels.' },
      { type: 'image', data: '/9j/', mimeType: 'image/jpeg' },
    ],
    details: { where: 'node mac-mini', command: 'camera.snap', status: 'completed' },
  })
  expect(tools.asked()).toMatchObject([{ request: { command: 'camera.snap', where: 'node mac-mini' } }])
})
