import { expect, test } from 'vitest'
import { methodTable } from '../../../src/shared/protocol/table.ts'
import { makeDevice } from '../../support/device.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { approveNode, connectNode } from '../../support/node.ts'
import type { RawClient } from '../../support/raw-client.ts'

test.each([
  ['node.list', {}, { ok: true, payload: { nodes: [] } }],
  ['node.pair.list', {}, { ok: true, payload: { pending: [], paired: [] } }],
  ['node.describe', { nodeId: 'x' }, { error: { code: 'INVALID_REQUEST', message: 'unknown nodeId' } }],
  ['node.rename', { nodeId: 'x', displayName: 'y' }, { error: { message: 'unknown nodeId' } }],
  ['node.pair.approve', { requestId: 'x' }, { error: { message: 'unknown requestId' } }],
  ['node.pair.remove', { nodeId: 'x' }, { error: { message: 'unknown nodeId' } }],
  ['node.pair.verify', { nodeId: 'x', token: 't' }, { ok: true, payload: { ok: false } }],
  [
    'node.invoke',
    { nodeId: 'x', command: 'system.which', idempotencyKey: 'k' },
    { error: { code: 'UNAVAILABLE', message: 'node not connected', details: { code: 'NOT_CONNECTED' } } },
  ],
])('%s of an operator, without any node', async (method, params, expected) => {
  await using gateway = await startTestGateway()
  using client = await gateway.client()
  expect(await client.request(method, params)).toMatchObject(expected)
})

test('PA9: a node may call its own four methods and no other, and hears only what is public', async () => {
  await using gateway = await startTestGateway()
  using node = await gateway.client({ device: makeDevice(), role: 'node', client: { id: 'node-host', mode: 'node' } })
  const refused = { ok: false, error: { message: 'unauthorized role: node' } }
  const own = ['node.event', 'node.invoke.progress', 'node.invoke.result', 'skills.bins']
  for (const name of methodTable.keys()) {
    if (!own.includes(name)) expect([name, await node.request(name, {})]).toMatchObject([name, refused])
  }
  expect(await node.request('node.event', { event: 'node.host.stats' })).toMatchObject({ payload: { handled: false } })
  expect(await node.request('skills.bins', {})).toMatchObject({ payload: { bins: [] } })
  gateway.publish({ type: 'wire', event: 'sessions.changed', payload: { key: 'k', reason: 'r', ts: 1 } })
  gateway.publish({ type: 'wire', event: 'tick', payload: { ts: 1 } })
  await node.event('tick')
  expect(node.events.map(({ event }) => event)).toEqual(['connect.challenge', 'health', 'tick'])
})

test('PA9: live output reaches the one connection that waits for it, if it knows of such', async () => {
  await using gateway = await startTestGateway()
  using caller = await gateway.client({ caps: ['node-output'] })
  using other = await gateway.client({ caps: ['node-output'] })
  using stranger = await gateway.client()
  const node = await connectNode(gateway)
  await approveNode(caller, node.nodeId)
  const run = { nodeId: node.nodeId, command: 'system.run', params: { command: ['make'] } }
  const piece = { chunk: 'a', stream: 'stdout', offset: 0 }
  for (const [index, client] of [caller, stranger].entries()) {
    const call = client.request('node.invoke', { ...run, idempotencyKey: `k${index}` })
    const { id } = await node.asked(index + 1)
    const told = { invokeId: id, nodeId: node.nodeId, seq: 0, ...piece }
    expect(await node.wire.request('node.invoke.progress', told)).toMatchObject({ payload: { ok: true } })
    await node.answer(id, {})
    await call
  }
  await other.request('node.list', {})
  const outputs = (client: RawClient) => client.events.filter(({ event }) => event === 'node.invoke.output')
  expect(outputs(caller)).toMatchObject([{ payload: { nodeId: node.nodeId, idempotencyKey: 'k0', ...piece } }])
  expect([...outputs(other), ...outputs(stranger), ...outputs(node.wire)]).toEqual([])
})

test('who may not decide is told that somebody is asked', async () => {
  await using gateway = await startTestGateway()
  using admin = await gateway.client()
  using caller = await gateway.client({ device: makeDevice(), scopes: ['operator.write'], caps: ['node-output'] })
  const node = await connectNode(gateway)
  await approveNode(admin, node.nodeId)
  const run = { nodeId: node.nodeId, command: 'system.run', params: { command: ['make'] }, idempotencyKey: 'k' }
  const call = caller.request('node.invoke', run)
  expect(await caller.event('node.invoke.output')).toMatchObject({
    payload: { nodeId: node.nodeId, idempotencyKey: 'k', isAsking: true, asker: 'gateway' },
  })
  const { id } = (await admin.event('exec.approval.requested')).payload as { id: string }
  gateway.nodes.approvals.resolve(id, 'deny', 'somebody')
  expect(await call).toMatchObject({ error: { details: { code: 'DENIED' } } })
})

test('a line command that is gone ends the program it ran on a node; a terminal that lost its line does not', async () => {
  await using gateway = await startTestGateway()
  using admin = await gateway.client()
  const node = await connectNode(gateway)
  await approveNode(admin, node.nodeId)
  const run = { nodeId: node.nodeId, command: 'system.run', params: { command: ['sleep', '600'] } }
  for (const [index, mode] of (['ui', 'cli'] as const).entries()) {
    const caller = await gateway.client({ client: { id: 'cli', mode } })
    const call = caller.request('node.invoke', { ...run, idempotencyKey: mode }).catch(() => 'gone')
    await node.asked(index + 1)
    caller.socket.terminate()
    expect(await call).toBe('gone')
  }
  const { id } = await node.asked(2)
  expect(await node.wire.event('node.invoke.cancel')).toMatchObject({ payload: { invokeId: id } })
  const cancelled = node.wire.events.filter(({ event }) => event === 'node.invoke.cancel')
  expect(cancelled).toHaveLength(1)
})

test('PA10: a paired node is asked nothing until its commands are approved, and then only those', async () => {
  await using gateway = await startTestGateway()
  using admin = await gateway.client()
  using pairer = await gateway.client({ device: makeDevice(), scopes: ['operator.pairing', 'operator.write'] })
  const node = await connectNode(gateway, { commands: ['system.which'] })
  const which = { nodeId: node.nodeId, command: 'system.which', params: { bins: ['sh'] } }
  const notApproved = { message: 'node command not allowed', details: { reason: 'command not approved' } }
  expect(await admin.request('node.invoke', { ...which, idempotencyKey: '2' })).toMatchObject({ error: notApproved })
  expect(await admin.request('node.list', {})).toMatchObject({
    payload: { nodes: [{ displayName: 'pi', paired: true, commands: [], waitingCommands: ['system.which'] }] },
  })
  const { payload } = await admin.event('node.pair.requested')
  const { requestId } = payload as { requestId: string }
  expect(await pairer.request('node.pair.approve', { requestId })).toMatchObject({ error: { code: 'FORBIDDEN' } })
  expect(await admin.request('node.pair.approve', { requestId })).toMatchObject({
    payload: { node: { nodeId: node.nodeId, commands: ['system.which'] } },
  })
  const call = admin.request('node.invoke', { ...which, idempotencyKey: '2' })
  const asked = await node.asked()
  expect(asked).toMatchObject({ command: 'system.which', paramsJSON: '{"bins":["sh"]}', idempotencyKey: '2' })
  await node.answer(asked.id, { bins: { sh: '/bin/sh' } })
  expect(await call).toMatchObject({
    payload: { ok: true, payload: { bins: { sh: '/bin/sh' } }, payloadJSON: '{"bins":{"sh":"/bin/sh"}}' },
  })
  // It comes back with more: the old is still allowed, the new waits.
  node.wire.socket.terminate()
  await connectNode(gateway, { device: node.device, commands: ['system.which', 'system.run'] })
  const run = { ...which, command: 'system.run', params: { command: ['id'] }, idempotencyKey: '3' }
  expect(await admin.request('node.invoke', run)).toMatchObject({ error: notApproved })
  expect(await admin.request('node.describe', { nodeId: node.nodeId })).toMatchObject({
    payload: { commands: ['system.which'], waitingCommands: ['system.run'] },
  })
  expect(gateway.nodes.noted.map(({ what }) => what)).toEqual(['node.may-be-asked', 'node.invoked'])
})

test('a request that waits shows what the node says of itself now, under the same id', async () => {
  await using gateway = await startTestGateway()
  using admin = await gateway.client()
  const { device, nodeId, wire } = await connectNode(gateway, { name: 'alpha' })
  const before = await admin.request('node.pair.list', {})
  expect(before).toMatchObject({ payload: { pending: [{ nodeId, displayName: 'alpha' }] } })
  wire.socket.terminate()
  await connectNode(gateway, { device, name: 'beta 2' })
  const { pending } = before.payload as { pending: object[] }
  expect(await admin.request('node.pair.list', {})).toMatchObject({
    payload: { pending: [{ ...pending[0], displayName: 'beta 2' }] },
  })
})

test('EX13: a command goes to a node only as far as its platform and the settings allow', async () => {
  await using gateway = await startTestGateway()
  using admin = await gateway.client()
  const node = await connectNode(gateway, { commands: ['sms.send', 'system.which', 'made.up'] })
  await approveNode(admin, node.nodeId)
  const invoke = async (command: string) =>
    (await admin.request('node.invoke', { nodeId: node.nodeId, command, idempotencyKey: command })).error?.details
  expect(await invoke('sms.send')).toEqual({ reason: 'command not allowlisted', command: 'sms.send' })
  expect(await invoke('made.up')).toEqual({ reason: 'command not allowlisted', command: 'made.up' })
  expect(await invoke('camera.snap')).toEqual({ reason: 'command not declared by node', command: 'camera.snap' })
  gateway.nodes.settings.rules = { allowCommands: ['made.up'], denyCommands: ['system.which'] }
  expect(await invoke('made.up')).toMatchObject({ reason: 'command not approved', command: 'made.up' })
  expect(await invoke('system.which')).toEqual({ reason: 'command not allowlisted', command: 'system.which' })
})

test('EX13: an answer from the wrong node, a second one, and one nobody waits for are dropped and written down', async () => {
  await using gateway = await startTestGateway()
  using admin = await gateway.client()
  const [node, other] = [await connectNode(gateway), await connectNode(gateway, { name: 'imposter' })]
  await approveNode(admin, node.nodeId)
  const which = { nodeId: node.nodeId, command: 'system.which', params: {}, idempotencyKey: 'a' }
  const call = admin.request('node.invoke', which)
  const { id } = await node.asked()
  expect(await other.answer(id, 'forged')).toMatchObject({ payload: { ok: true, ignored: true } })
  expect(await other.answer(id, 'forged', node.nodeId)).toMatchObject({ error: { message: 'nodeId mismatch' } })
  expect(await node.answer(id, 'true')).toMatchObject({ payload: { ok: true } })
  expect(await node.answer(id, 'again')).toMatchObject({ payload: { ignored: true } })
  expect(await node.answer('never-issued', 'x')).toMatchObject({ payload: { ignored: true } })
  expect(await call).toMatchObject({ payload: { payload: 'true' } })
  // The same key is the same call: nobody is asked again.
  expect(await admin.request('node.invoke', which)).toMatchObject({ payload: { payload: 'true' } })
  expect(node.wire.events.filter(({ event }) => event === 'node.invoke.request')).toHaveLength(1)
  const changed = await admin.request('node.invoke', { ...which, params: { bins: [] } })
  expect(changed).toMatchObject({ error: { message: 'this idempotencyKey was used for another call' } })
  expect(gateway.nodes.dropped.map(({ nodeId, facts }) => [nodeId, facts.why])).toEqual([
    [other.nodeId, 'foreign'],
    [other.nodeId, 'speaks for another node'],
    [node.nodeId, 'late'],
    [node.nodeId, 'unknown'],
  ])
})

test('PA9: a node reports only about runs issued to it; forged reports are dropped and written down', async () => {
  await using gateway = await startTestGateway()
  using admin = await gateway.client()
  const [node, other] = [await connectNode(gateway), await connectNode(gateway)]
  await approveNode(admin, node.nodeId)
  const run = { nodeId: node.nodeId, command: 'system.run', params: { command: ['id'] }, idempotencyKey: 'a' }
  const call = admin.request('node.invoke', run)
  const asked = await node.asked()
  const { runId } = JSON.parse(asked.paramsJSON ?? '') as { runId: string }
  const report = { event: 'exec.finished', payloadJSON: JSON.stringify({ runId, sessionKey: 'agent:main:main' }) }
  expect(await node.wire.request('node.event', report)).toMatchObject({ payload: { handled: true } })
  expect(await other.wire.request('node.event', report)).toMatchObject({ payload: { handled: false } })
  const forged = { event: 'exec.finished', payload: { runId: 'made-up' } }
  expect(await node.wire.request('node.event', forged)).toMatchObject({ payload: { reason: 'not-asked' } })
  const starts = { event: 'agent.request', payload: { message: 'do it' } }
  expect(await node.wire.request('node.event', starts)).toMatchObject({ payload: { reason: 'not-supported' } })
  expect(gateway.nodes.dropped.map(({ facts }) => facts.id)).toEqual([runId, 'made-up'])
  await node.answer(asked.id, { exitCode: 0 })
  expect(await call).toMatchObject({ ok: true })
})

test('EX2: what a caller says about approvals is not passed on; who may not approve waits for somebody who may', async () => {
  await using gateway = await startTestGateway()
  using admin = await gateway.client()
  using writer = await gateway.client({ device: makeDevice(), scopes: ['operator.write'] })
  const node = await connectNode(gateway)
  await approveNode(admin, node.nodeId)
  const params = { command: ['rm', '-r', 'a b'], env: { A: 'x' }, approved: true, approvalDecision: 'allow-always' }
  const run = { nodeId: node.nodeId, command: 'system.run', params: { ...params, rawCommand: 'ls', runId: 'mine' } }
  const call = writer.request('node.invoke', { ...run, idempotencyKey: 'a' })
  const { payload } = await admin.event('exec.approval.requested')
  expect(payload).toMatchObject({ request: { command: "A=x rm -r 'a b'", where: 'node pi', host: 'node' } })
  expect(node.wire.events.some(({ event }) => event === 'node.invoke.request')).toBe(false)
  gateway.nodes.approvals.resolve((payload as { id: string }).id, 'deny', 'ada')
  expect(await call).toMatchObject({ error: { code: 'INVALID_REQUEST', details: { code: 'DENIED' } } })

  const own = admin.request('node.invoke', { ...run, idempotencyKey: 'b' })
  const asked = await node.asked()
  expect(JSON.parse(asked.paramsJSON ?? '')).toEqual({
    command: ['rm', '-r', 'a b'],
    env: { A: 'x' },
    approved: true,
    approvalDecision: 'allow-once',
    runId: asked.id,
  })
  await node.answer(asked.id, { exitCode: 0 })
  expect(await own).toMatchObject({ ok: true })
  gateway.nodes.settings.mode = 'deny'
  expect(await admin.request('node.invoke', { ...run, idempotencyKey: 'c' })).toMatchObject({
    error: { message: expect.stringContaining('tools.exec.security is deny') },
  })
})

test('what a node looked at first is what is approved and what is asked for, to the very file', async () => {
  await using gateway = await startTestGateway()
  using admin = await gateway.client()
  using writer = await gateway.client({ device: makeDevice(), scopes: ['operator.write'] })
  const node = await connectNode(gateway, { commands: ['system.run', 'system.run.prepare'] })
  await approveNode(admin, node.nodeId)
  const run = { nodeId: node.nodeId, command: 'system.run', params: { command: ['id'], cwd: 'x' } }
  const call = writer.request('node.invoke', { ...run, idempotencyKey: 'a' })
  const prepare = await node.asked(1)
  expect(prepare.command).toBe('system.run.prepare')
  const program = { path: '/usr/bin/id', sha256: 'ab' }
  const plan = { argv: ['id'], cwd: '/home/ada/x', commandText: 'id', program, binding: 'b1', lasting: 'l1' }
  await node.answer(prepare.id, { plan })
  const { payload } = await admin.event('exec.approval.requested')
  expect(payload).toMatchObject({ request: { command: 'id', cwd: '/home/ada/x', resolvedPath: '/usr/bin/id' } })
  gateway.nodes.approvals.resolve((payload as { id: string }).id, 'allow-always', 'ada')
  const asked = await node.asked(2)
  expect(JSON.parse(asked.paramsJSON ?? '')).toMatchObject({ systemRunPlan: plan, cwd: '/home/ada/x' })
  await node.answer(asked.id, { exitCode: 0 })
  expect(await call).toMatchObject({ ok: true })
  // Allowed for good, for this node and this file: the next time nobody is asked.
  const again = writer.request('node.invoke', { ...run, idempotencyKey: 'b' })
  await node.answer((await node.asked(3)).id, { plan })
  await node.answer((await node.asked(4)).id, { exitCode: 0 })
  expect(await again).toMatchObject({ ok: true })
  const other = writer.request('node.invoke', { ...run, idempotencyKey: 'c' })
  await node.answer((await node.asked(5)).id, { plan: { ...plan, argv: ['rm'] } })
  expect(await other).toMatchObject({ error: { message: expect.stringContaining('other words') } })
})

test('a removed node is closed, forgotten and has to be approved as a device again; so is one that was revoked', async () => {
  await using gateway = await startTestGateway()
  using admin = await gateway.client()
  const node = await connectNode(gateway)
  await approveNode(admin, node.nodeId)
  expect(await admin.request('node.pair.remove', { nodeId: node.nodeId })).toMatchObject({ ok: true })
  expect(await node.wire.closed).toEqual({ code: 4001, reason: 'credentials changed' })
  expect(await admin.request('node.list', {})).toMatchObject({ payload: { nodes: [] } })
  await expect(connectNode(gateway, { device: node.device })).rejects.toThrow('pairing required')

  const second = await connectNode(gateway)
  await approveNode(admin, second.nodeId)
  await admin.request('device.token.revoke', { deviceId: second.nodeId, role: 'node' })
  expect(await admin.request('node.describe', { nodeId: second.nodeId })).toMatchObject({
    payload: { paired: false, connected: false, commands: [] },
  })
})

test('a name given here stays, whatever the node calls itself; the list is told as section 7.11 has it', async () => {
  await using gateway = await startTestGateway()
  using admin = await gateway.client()
  const node = await connectNode(gateway, { name: 'host\u202e\n1', protocol: 3 })
  await approveNode(admin, node.nodeId)
  expect(await admin.request('node.list', {})).toMatchObject({ payload: { nodes: [{ displayName: 'host1' }] } })
  const renamed = await admin.request('node.rename', { nodeId: node.nodeId, displayName: 'mac\u0007-mini ' })
  expect(renamed).toMatchObject({ payload: { displayName: 'mac-mini' } })
  node.wire.socket.terminate()
  await node.wire.closed
  await connectNode(gateway, { device: node.device, name: 'other', protocol: 3 })
  const { payload } = await admin.request('node.list', {})
  expect((payload as { nodes: unknown[] }).nodes).toMatchObject([
    {
      nodeId: node.nodeId,
      displayName: 'mac-mini',
      platform: 'linux',
      caps: ['system'],
      connected: true,
      paired: true,
    },
  ])
  expect(await admin.request('node.pair.list', {})).toMatchObject({ payload: { paired: [{ nodeId: node.nodeId }] } })
  expect(await admin.request('node.pair.verify', { nodeId: node.nodeId, token: 'wrong' })).toMatchObject({
    payload: { ok: false },
  })
})

test('a node announced beforehand is approved for what its kind may be asked, and for no more', async () => {
  await using gateway = await startTestGateway()
  using admin = await gateway.client()
  const device = makeDevice()
  const claim = { nodeId: device.id, displayName: 'pi', platform: 'linux', commands: ['system.which', 'sms.send'] }
  const asked = await admin.request('node.pair.request', claim)
  expect(asked).toMatchObject({
    payload: { status: 'pending', created: true, request: { commands: ['system.which'] } },
  })
  expect(await admin.request('node.pair.request', claim)).toMatchObject({ payload: { created: false } })
  await approveNode(admin, device.id)
  const node = await connectNode(gateway, { device })
  expect(await admin.request('node.describe', { nodeId: node.nodeId })).toMatchObject({
    payload: { commands: ['system.which'], waitingCommands: ['system.run'] },
  })
})

test('a node needs a device of its own', async () => {
  await using gateway = await startTestGateway()
  await expect(gateway.client({ role: 'node', client: { id: 'node-host', mode: 'node' } })).rejects.toThrow(
    'device identity required',
  )
})
