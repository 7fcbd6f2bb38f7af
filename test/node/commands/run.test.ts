import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { NodeAsks } from '../../../src/node/asks.ts'
import { systemClock } from '../../../src/shared/std/clock.ts'
import { makeDevice } from '../../support/device.ts'
import { startOwnNode, writePolicy } from '../../support/own-node.ts'

test('a program runs with its words as they are, in the folder asked for, and its output comes apart', async () => {
  await using node = await startOwnNode({ policy: { security: 'full' } })
  await mkdir(join(node.home.dir, 'desk'))
  const command = ['sh', '-c', 'pwd; echo "$1" >&2; exit 3', 'sh', 'a  b']
  expect(await node.invoke('system.run', { command, cwd: 'desk' })).toMatchObject({
    payload: {
      exitCode: 3,
      success: false,
      timedOut: false,
      stdout: expect.stringMatching(/\/desk\n$/),
      stderr: 'a  b\n',
    },
  })
  expect(await node.run('no-such-program')).toMatchObject({
    error: 'There is no program no-such-program on this machine.',
  })
  expect(await node.invoke('system.run', { command: ['ls'], cwd: '/nowhere' })).toMatchObject({
    error: 'There is no folder /nowhere.',
  })
  expect(node.news.map(({ kind }) => kind)).toEqual(['asked', 'answered', 'asked', 'answered', 'asked', 'answered'])
})

test('EX5: a command inherits a short list; a gateway sets only what the policy of the node names', async () => {
  const env = { CLAWDBOT_GATEWAY_TOKEN: 'hunter2', NODE_OPTIONS: '-v', LANG: 'C.UTF-8' }
  await using node = await startOwnNode({ policy: { security: 'full', env: ['COLOR', 'LD_PRELOAD'] }, env })
  const ran = await node.invoke('system.run', { command: ['env'], env: { COLOR: 'a b' } })
  const { stdout } = ran.payload as { stdout: string }
  const names = stdout.split('\n').map((line) => line.split('=')[0])
  expect(names.toSorted().filter(Boolean)).toEqual(['CLAWDBOT_RUN_ID', 'COLOR', 'HOME', 'LANG', 'PATH', 'TERM'])
  for (const name of ['LD_PRELOAD', 'OTHER']) {
    const refused = await node.invoke('system.run', { command: ['env'], env: { [name]: 'x' } })
    expect(refused.error).toBe(`this node lets nobody set ${name}; its policy.json names under env what may be set`)
  }
})

test('EX7: the policy of the node holds against its gateway, and silence means no', async () => {
  await using node = await startOwnNode({ policy: { security: 'deny' } })
  expect(node.offered).toEqual(['system.which'])
  expect(await node.run('true')).toMatchObject({ error: 'node command not allowed' })
  await node.stop()

  const prompted: string[] = []
  const answers = ['allow-once', 'deny', 'allow-always'] as const
  await using asking = await startOwnNode({
    prompt: async ({ command }) => {
      prompted.push(command)
      return answers[prompted.length - 1]
    },
  })
  expect(await asking.run('echo', '1')).toMatchObject({ payload: { stdout: '1\n' } })
  expect(await asking.run('echo', '2')).toMatchObject({ error: 'the node did not run it: its person said no' })
  expect(await asking.run('echo', '3')).toMatchObject({ payload: { stdout: '3\n' } })
  expect(await asking.run('echo', '3')).toMatchObject({ payload: { stdout: '3\n' } })
  expect(prompted).toEqual(['echo 1', 'echo 2', 'echo 3'])
  await writePolicy(asking.home, { security: 'deny' })
  expect(await asking.run('echo', '3')).toMatchObject({ error: expect.stringContaining('set to run no commands') })
  await writePolicy(asking.home, { security: 'sometimes' as 'ask' })
  expect(await asking.run('echo', '3')).toMatchObject({ error: expect.stringContaining('so it runs nothing') })
})

test('an allowlist of the node runs what it names and asks about the rest, shells and wrappers above all', async () => {
  const asked: string[] = []
  await using node = await startOwnNode({
    policy: { security: 'allowlist', allowlist: ['/usr/bin/printf *'] },
    prompt: async ({ command, why }) => {
      asked.push(`${command}: ${why}`)
      return 'deny'
    },
  })
  expect(await node.run('/usr/bin/printf', 'x')).toMatchObject({ payload: { stdout: 'x' } })
  for (const words of [['id'], ['sh', '-c', 'printf x'], ['env', 'printf', 'x']]) await node.run(...words)
  await node.run('/usr/bin/printf', node.home.paths.stateDir)
  expect(asked).toHaveLength(4)
  expect(asked[3]).toContain('it is pointed at the files of this node')
})

test('EX1: under a plan only what was looked at runs, and what was allowed is looked at again', async () => {
  await using node = await startOwnNode({ policy: { security: 'full' } })
  using writer = await node.gateway.client({ device: makeDevice(), scopes: ['operator.write'] })
  const program = join(node.home.dir, 'tool.sh')
  const write = (text: string) => writeFile(program, `#!/bin/sh\necho ${text}\n`, { mode: 0o755 })
  await write('good')
  await chmod(program, 0o755)
  const run = { nodeId: node.nodeId, command: 'system.run', params: { command: [program] } }
  const call = writer.request('node.invoke', { ...run, idempotencyKey: 'a' })
  const { payload } = await node.admin.event('exec.approval.requested')
  const { id, request } = payload as { id: string; request: { resolvedPath: string; where: string } }
  expect(request).toMatchObject({ resolvedPath: program, where: 'node pi' })
  await write('evil')
  node.gateway.nodes.approvals.resolve(id, 'allow-once', 'ada')
  expect(await call).toMatchObject({
    error: { message: 'the program, a script, the folder or the environment changed since it was prepared' },
  })
})

test('EX1: what its person allowed at the node is what runs there: another program in its place does not', async () => {
  await using node = await startOwnNode({
    prompt: async ({ program }) => {
      await writeFile(program, '#!/bin/sh\necho evil\n', { mode: 0o755 })
      return 'allow-once'
    },
  })
  const program = join(node.home.dir, 'tool.sh')
  await writeFile(program, '#!/bin/sh\necho good\n', { mode: 0o755 })
  expect(await node.run(program)).toMatchObject({ error: expect.stringContaining('changed since it was allowed') })
})

test('EX2: what a gateway claims about approvals does not count at the node', async () => {
  await using node = await startOwnNode({ prompt: async () => 'deny' })
  const asking = node.gateway.nodes.calls.ask({
    ...{ nodeId: node.nodeId, command: 'system.run', by: 'x', idempotencyKey: 'forged' },
    params: { command: ['id'], approved: true, approvalDecision: 'allow-always', systemRunPlan: null },
  })
  await expect(asking).rejects.toMatchObject({ message: 'the node did not run it: its person said no' })
})

test('EX11: time over, a caller that leaves and a gateway that goes each end the whole process group', async () => {
  await using node = await startOwnNode({ policy: { security: 'full' } })
  const script = 'sleep 300 & echo $! > pid; sleep 300'
  const late = await node.invoke('system.run', { command: ['sh', '-c', script], timeoutMs: 400 })
  expect(late).toMatchObject({ payload: { timedOut: true, success: false } })
  const stop = new AbortController()
  const left = node.gateway.nodes.calls.ask({
    ...{ nodeId: node.nodeId, command: 'system.run', params: { command: ['sleep', '301'] } },
    ...{ by: 'x', idempotencyKey: 'x', timeoutMs: 20_000, signal: stop.signal },
  })
  const running = join(node.home.paths.nodeDir, 'hosts')
  const processes = async () =>
    (await readdir(running, { recursive: true })).filter((name) => /running.*\.json$/.test(name)).length
  await expect.poll(processes).toBe(1)
  stop.abort()
  await expect(left).rejects.toMatchObject({ message: 'node invoke cancelled' })
  await expect.poll(processes).toBe(0)
  const cut = node.run('sleep', '302')
  await expect.poll(processes).toBe(1)
  node.gateway.nodes.roster.connectionOf(node.nodeId)?.close(1012, 'service restart')
  expect((await cut).error).toBe('node disconnected before it answered')
  await expect.poll(processes).toBe(0)
})

test('live output arrives while it runs, and once, each piece with its stream and what precedes it there', async () => {
  await using node = await startOwnNode({ policy: { security: 'full' } })
  const pieces: object[] = []
  const asked = node.gateway.nodes.calls.ask({
    ...{ nodeId: node.nodeId, command: 'system.run', by: 'x', idempotencyKey: 'live', timeoutMs: 20_000 },
    params: { command: ['sh', '-c', 'echo one; while [ ! -e go ]; do sleep 0.05; done; echo err >&2; echo two'] },
    onProgress: (piece) => pieces.push(piece),
  })
  const one = { chunk: 'one\n', stream: 'stdout', offset: 0 }
  await expect.poll(() => pieces).toEqual([one])
  await writeFile(join(node.home.dir, 'go'), '')
  expect((await asked).payload).toMatchObject({ stdout: 'one\ntwo\n', stderr: 'err\n' })
  expect(pieces).toHaveLength(3)
  expect(pieces).toContainEqual({ chunk: 'two\n', stream: 'stdout', offset: 4 })
  expect(pieces).toContainEqual({ chunk: 'err\n', stream: 'stderr', offset: 0 })
})

test('who waits hears that the person of the node is asked, before anything runs', async () => {
  await using node = await startOwnNode()
  const pieces: object[] = []
  const asked = node.gateway.nodes.calls.ask({
    ...{ nodeId: node.nodeId, command: 'system.run', by: 'x', idempotencyKey: 'ask', timeoutMs: 20_000 },
    params: { command: ['echo', 'yes'] },
    onProgress: (piece) => pieces.push(piece),
  })
  await expect.poll(() => pieces).toEqual([{ chunk: '', isAsking: true }])
  const asks = new NodeAsks(node.home.paths.nodeDir, systemClock)
  await expect.poll(async () => (await asks.list()).length).toBe(1)
  await asks.answer((await asks.list())[0]?.id ?? '', 'allow-once')
  await asked
  expect(pieces.slice(1)).toEqual([{ chunk: 'yes\n', stream: 'stdout', offset: 0 }])
})

test('another terminal of this machine sees what waits and answers it; what nobody answers is gone with its caller', async () => {
  await using node = await startOwnNode()
  const asks = new NodeAsks(node.home.paths.nodeDir, systemClock)
  const ran = node.run('echo', 'yes')
  await expect.poll(async () => (await asks.list()).length).toBe(1)
  const [ask] = await asks.list()
  expect(ask).toMatchObject({ command: 'echo yes', cwd: node.home.dir, gateway: 'remote' })
  expect(await asks.answer('ffffffff', 'allow-once')).toBe(false)
  expect(await asks.answer(ask?.id ?? '', 'allow-once')).toBe(true)
  expect(await ran).toMatchObject({ payload: { stdout: 'yes\n' } })
  expect(await asks.list()).toEqual([])
})
