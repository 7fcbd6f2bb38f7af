import { expect, test } from 'vitest'
import { Home } from '../client/support.ts'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { connectNode } from '../support/node.ts'
import { clawdbot } from './world.ts'

async function withOwner() {
  const home = await Home.make()
  const gateway = await startTestGateway()
  let heard = ''
  return {
    /** Everything printed so far by the commands that run. */
    heard: () => heard,
    gateway,
    node: (more: Parameters<typeof connectNode>[1] = {}) => connectNode(gateway, more),
    run: (...words: string[]) => {
      const at = words.indexOf('--')
      const [own, rest] = at < 0 ? [words, []] : [words.slice(0, at), words.slice(at)]
      return clawdbot(home, [...own, '--url', gateway.url, '--token', testToken, ...rest], {
        onText: (text) => {
          heard += text
        },
      })
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await home[Symbol.asyncDispose]()
    },
  }
}

test('a node from elsewhere is approved twice: to connect, and for what it may be asked', async () => {
  await using owner = await withOwner()
  const { run, node } = owner
  expect((await run('nodes', 'list')).out).toBe('Pending: 0 · Paired: 0\n')
  expect((await run('nodes', 'approve', 'x')).err).toContain('No node waits for approval')
  const { device, nodeId, wire } = await node({ name: 'mac-\u001b[31mmini', platform: 'darwin' })
  await run('devices', 'revoke', nodeId, '--role', 'node')
  await wire.closed
  await expect(node({ device, name: 'mac-mini', platform: 'darwin' })).rejects.toThrow('pairing required')

  const list = await run('nodes', 'list')
  expect(list.out).toMatch(/^Pending: 1 · Paired: 0\n/)
  expect(list.out).toMatch(/mac-mini +[0-9a-f]{4}(-[0-9a-f]{4}){3} +127\.0\.0\.1 +to connect/)
  const first = await run('nodes', 'approve', 'mac-mini')
  expect(first.out).toMatch(/^✅ mac-mini \([0-9a-f-]{19}\) may connect\n {3}It is asked nothing yet\./)

  await node({ device, name: 'mac-mini', platform: 'darwin' })
  expect((await run('nodes', 'status')).out).toMatch(/mac-mini .*paired · connected · waits for approval/)
  const second = await run('nodes', 'approve', nodeId.slice(0, 10))
  expect(second.out).toContain('may be asked: system.run, system.which\n')
  expect((await run('nodes', 'describe', 'MAC-mini')).out).toMatch(/May be asked: +system\.run, system\.which\n/)
  const json = JSON.parse((await run('nodes', 'list', '--json')).out)
  expect(json).toMatchObject({ pending: [], paired: [{ nodeId, displayName: 'mac-mini' }] })

  expect((await run('nodes', 'rename', 'mac-mini', 'studio')).out).toMatch(/is called studio\n$/)
  expect((await run('nodes', 'remove', 'mac-mini')).err).toContain('There is no node "mac-mini"')
  expect((await run('nodes', 'remove', 'studo')).err).toContain('Did you mean studio?')
  expect((await run('nodes', 'remove', 'studio')).out).toMatch(/^✅ Removed studio/)
  expect((await run('nodes', 'status')).out).toBe('Known: 0 · Paired: 0 · Connected: 0\n')
})

test('what a node does not get: rejected, unapproved, away; each is said with what to do', async () => {
  await using owner = await withOwner()
  const { run, node } = owner
  const { wire, nodeId } = await node()
  const waits = await run('nodes', 'run', 'pi', '--', 'id')
  const typed = /To allow what waits: clawdbot nodes approve (\S+)\n/.exec(waits.err)?.[1] ?? ''
  expect(nodeId.startsWith(typed.replaceAll('-', '')) && typed.length).toBe(19)
  expect((await run('nodes', 'reject', 'pi')).out).toMatch(/^✅ Rejected pi /)
  const refused = await run('nodes', 'run', 'pi', '--', 'id')
  expect(refused).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /pi may not be asked for system.run: that is not approved\n.*Nothing waits for approval now; the node asks again /s,
    ),
  })
  wire.socket.terminate()
  await wire.closed
  await expect.poll(async () => (await run('nodes', 'status')).out).toContain('Connected: 0')
  const away = await run('nodes', 'invoke', 'pi', 'system.which')
  expect(away).toMatchObject({ code: 1, err: expect.stringMatching(/pi is not connected\n.*clawdbot node run/s) })
  expect((await run('nodes', 'invoke', 'pi')).err).toContain('needs a node and a command')
  expect((await run('nodes', 'invoke', 'pi', 'x', '--params', '{')).err).toContain('--params is not valid JSON')
  expect((await run('nodes', 'run', 'pi', '--env', 'x', '--', 'id')).err).toContain('--env needs name=value')
})

test('a program on a node: its words arrive as they were typed, its output and exit code come back', async () => {
  await using owner = await withOwner()
  const { run, node } = owner
  const { asked, answer } = await node()
  await run('nodes', 'approve', 'pi')
  const ran = run('nodes', 'run', 'pi', '--cwd', '/tmp', '--env', 'A=b c', '--', 'ls', '-l', 'a b')
  const { id, paramsJSON } = await asked(1)
  expect(JSON.parse(paramsJSON ?? '')).toMatchObject({ command: ['ls', '-l', 'a b'], cwd: '/tmp', env: { A: 'b c' } })
  await answer(id, { exitCode: 3, timedOut: false, success: false, stdout: 'one\u001b[2J\n', stderr: 'two\n' })
  expect(await ran).toEqual({ code: 3, out: 'one\\x1b[2J\n', err: 'two\n' })

  const late = run('nodes', 'run', 'pi', '--command-timeout', '500', '--', 'sleep', '9')
  await answer((await asked(2)).id, { exitCode: null, timedOut: true, success: false, stdout: '', stderr: '' })
  expect(await late).toEqual({ code: 124, out: '', err: '⏱ It was ended after 500 ms on pi\n' })

  const json = run('nodes', 'run', 'pi', '--json', '--', 'true')
  const stdout = 'a\n[… 7 bytes of output left out here …]\nb'
  await answer((await asked(3)).id, { exitCode: 0, stdout, stderr: '' })
  expect(JSON.parse((await json).out)).toMatchObject({ where: 'node pi', exitCode: 0, stdout })
  expect((await json).err).toContain('7 bytes of output are missing')

  const which = run('nodes', 'invoke', 'pi', 'system.which', '--params', '{"bins":["sh"]}')
  await answer((await asked(4)).id, { bins: { sh: '/bin/sh' } })
  expect(JSON.parse((await which).out)).toEqual({ bins: { sh: '/bin/sh' } })
})

test('a program on a node prints while it runs, and nothing twice; that its owner is asked is said', async () => {
  await using owner = await withOwner()
  const { run, node, heard } = owner
  const { asked, answer, wire, nodeId } = await node()
  await run('nodes', 'approve', 'pi')
  const ran = run('nodes', 'run', 'pi', '--', 'make')
  const { id } = await asked(1)
  const tell = (seq: number, piece: object) =>
    wire.request('node.invoke.progress', { invokeId: id, nodeId, seq, chunk: '', ...piece })
  await tell(0, { isAsking: true })
  await expect.poll(heard).toContain('⏳ pi asks its owner first; to answer there: clawdbot node approve\n')
  await tell(1, { stream: 'stdout', offset: 0, chunk: 'one\n' })
  await tell(2, { stream: 'stderr', offset: 0, chunk: 'warn\n' })
  await expect.poll(heard).toMatch(/one\nwarn\n$/)
  await answer(id, { exitCode: 0, timedOut: false, success: true, stdout: 'one\ntwo\n', stderr: 'warn\n' })
  expect(await ran).toMatchObject({ code: 0, out: 'one\ntwo\n', err: expect.stringMatching(/approve\nwarn\n$/) })

  const json = run('nodes', 'run', 'pi', '--json', '--', 'true')
  const second = await asked(2)
  const piece = { stream: 'stdout', offset: 0, chunk: 'x' }
  await wire.request('node.invoke.progress', { invokeId: second.id, nodeId, seq: 0, ...piece })
  await answer(second.id, { exitCode: 0, stdout: 'x', stderr: '' })
  expect(JSON.parse((await json).out)).toMatchObject({ exitCode: 0, stdout: 'x' })
})

test('--timeout is how long an answer of the node is waited for', async () => {
  await using owner = await withOwner()
  const { run, node } = owner
  await node()
  await run('nodes', 'approve', 'pi')
  const late = { code: 5, out: '', err: expect.stringContaining('did not answer node.invoke within 2000 ms') }
  const ran = run('nodes', 'run', 'pi', '--timeout', '2000', '--', 'sleep', '9')
  const asked = run('nodes', 'invoke', 'pi', 'system.which', '--timeout', '2000')
  expect(await ran).toEqual(late)
  expect(await asked).toEqual(late)
})
