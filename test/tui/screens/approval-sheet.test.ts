import { describe, expect, test } from 'vitest'
import { Fault } from '../../../src/shared/fault.ts'
import { askWhether as ask } from '../../support/asking.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, called } from '../../support/ui.tsx'

describe('a command asks for permission', () => {
  test('its time counts from when it came, whatever the clocks say; when it is over the question leaves', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    ask(script, 'a1', 'uptime')
    await screen.after()
    expect(screen.text()).toContain(' 2:00 ')
    await screen.after(119_000)
    expect(screen.text()).toContain('May this command run?')
    await screen.after(2_000)
    expect(screen.text()).not.toContain('May this command run?')
  })

  test('Enter denies unless another choice was marked', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    ask(script, 'a1', 'one')
    ask(script, 'a2', 'two')
    await screen.after(800)
    expect(screen.text()).toContain('1 of 2')
    await screen.type('<enter>')
    await screen.after(800)
    await screen.type('<right><enter>')
    await screen.after()
    expect(called(script, 'exec.approval.resolve')).toEqual([
      { id: 'a1', decision: 'deny' },
      { id: 'a2', decision: 'allow-once' },
    ])
  })

  test('EX3: a command longer than the screen is allowed only once all of it was shown; until then only that is said', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    ask(script, 'a1', `echo ${'x'.repeat(3_000)}; rm -rf ~`)
    await screen.after(800)
    expect(screen.row(23)).toMatch(/^pgdn read on {2}d deny {2}ctrl\+c stop {2}tab write\s*$/)
    await screen.type('o')
    expect(screen.text()).toContain('Deny  Read the whole command first.')
    await screen.after(800)
    await screen.type('<right>')
    expect(called(script, 'exec.approval.resolve')).toEqual([])
    expect(screen.text()).toContain('Deny  Read the whole command first.')
    await screen.type('<pagedown>')
    expect(screen.text()).not.toContain('Read the whole command first.')
    for (let page = 0; page < 10; page++) await screen.type('<pagedown>')
    expect(screen.text()).toContain('rm -rf ~')
    expect(screen.row(23)).toMatch(/^o once {2}a always {2}d deny/)
    await screen.type('o')
    await screen.after(800)
    expect(called(script, 'exec.approval.resolve')).toEqual([{ id: 'a1', decision: 'allow-once' }])
    expect(screen.text()).not.toContain('Read the whole command first.')
  })

  test.each([
    { columns: 80, rows: 24, command: `echo ${'x'.repeat(3_000)}` },
    { columns: 44, rows: 12, command: 'uptime' },
    { columns: 40, rows: 10, command: 'uptime' },
  ])('EX3: where, in what, for whom and why can be read to the end at $columns×$rows', async ({ command, ...size }) => {
    const script = scriptedGateway()
    await using screen = await arrived(script, size)
    ask(script, 'a1', command, {
      cwd: '/home/somebody/.clawdbot/workspace/of-a-project',
      resolvedPath: '/usr/local/lib/programs/uptime',
      agentId: 'main',
      sessionKey: 'agent:main:main',
      why: 'it needs a shell: the operator | joins two programs',
    })
    await screen.after(800)
    let read = ''
    for (let page = 0; page < 40; page++) {
      read += `${screen.text()}\n`
      await screen.type('<pagedown>')
    }
    for (const name of ['runs on', 'in', 'program', 'for', 'because'])
      expect(read).toMatch(new RegExp(`^ +${name} `, 'm'))
    const words = read.replaceAll(/\s/g, '')
    expect(words).toContain('for agent main, session main'.replaceAll(' ', ''))
    for (const end of ['of-a-project', 'programs/uptime', 'two programs'])
      expect(words).toContain(end.slice(-9).replaceAll(' ', ''))
    await screen.type('o')
    await screen.after(800)
    expect(called(script, 'exec.approval.resolve')).toEqual([{ id: 'a1', decision: 'allow-once' }])
  })

  test('reading back from the end takes one key, however often one pressed on there', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    ask(script, 'a1', 'x'.repeat(3_000))
    await screen.after(800)
    for (let page = 0; page < 20; page++) await screen.type('<pagedown>')
    const last = screen.text()
    await screen.type('<pageup>')
    expect(screen.text()).not.toBe(last)
    expect(screen.text()).toContain('pgdn reads on')
  })

  test('one answered elsewhere leaves; one that came while away is asked after the return', async () => {
    const script = scriptedGateway({
      'exec.approval.list': () => ({
        approvals: [
          { id: 'old', request: { command: 'still waiting' }, createdAtMs: 0, expiresAtMs: 9_999_999_999_999 },
        ],
      }),
    })
    await using screen = await arrived(script)
    expect(screen.text()).toContain('$ still waiting')
    script.tell('exec.approval.resolved', { id: 'old', decision: 'deny', ts: 0 })
    await screen.after()
    expect(screen.text()).not.toContain('still waiting')
  })

  test('EX7: without connection nothing is decided nor kept for later: the question says so, and asks again after the return', async () => {
    const waiting = {
      id: 'a1',
      request: { command: 'rm -rf /', sessionKey: 'agent:main:main' },
      createdAtMs: 0,
      expiresAtMs: 9_999_999_999_999,
    }
    const script = scriptedGateway({ 'exec.approval.list': () => ({ approvals: [waiting] }) })
    await using screen = await arrived(script)
    await screen.after(800)
    expect(screen.text()).toContain('Allow once')
    script.lose(screen.clock.now() + 5_000)
    await screen.after(800)
    expect(screen.text()).toContain('May this command run?')
    expect(screen.text()).toContain('Not connected: decide when it is back.')
    expect(screen.text()).not.toMatch(/command run\?.*\d:\d\d/)
    expect(screen.row(23)).toContain('ctrl+r connect now')
    await screen.type('<ctrl+r>')
    expect(called(script, 'health')).toEqual(['retry'])
    await screen.type('o')
    await screen.after(800)
    const answers = () => called(script, 'exec.approval.resolve').length
    expect(answers()).toBe(0)
    expect(screen.text()).toContain('› o')
    script.hello({ server: { version: '0.1.0', connId: 'another' } })
    script.arrive()
    await screen.after(800)
    expect(answers()).toBe(0)
    expect(screen.text()).toContain('May this command run?')
    await screen.type('<backspace>')
    await screen.after(800)
    await screen.type('o')
    await screen.after(800)
    expect(answers()).toBe(1)
  })

  test('an answer that the loss of the connection cuts off leaves the question; the failure is told until the return', async () => {
    let cut = (_: Error) => {}
    const script = scriptedGateway({
      'exec.approval.resolve': () =>
        new Promise((_, reject) => {
          cut = reject
        }),
    })
    await using screen = await arrived(script)
    ask(script, 'a1', 'uptime')
    await screen.after(800)
    await screen.type('o')
    await screen.after(800)
    expect(screen.text()).toContain('Allow once …')
    script.lose(screen.clock.now() + 5_000)
    cut(new Fault('client.closed', 'The connection was closed'))
    await screen.after(800)
    expect(screen.text()).toContain('The connection was closed')
    expect(screen.text()).toContain('May this command run?')
    script.arrive()
    await screen.after(800)
    expect(screen.text()).not.toContain('The connection was closed')
    expect(screen.text()).toContain('Allow always')
  })

  test('ctrl+c denies and stops whatever runs in the session that asks', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    ask(script, 'a1', 'uptime', { sessionKey: 'agent:main:third' })
    await screen.after(800)
    expect(screen.row(23)).toContain('ctrl+c stop')
    await screen.type('<ctrl+c>')
    await screen.after()
    expect(script.calls).toEqual([
      { method: 'exec.approval.resolve', params: { id: 'a1', decision: 'deny' } },
      { method: 'chat.abort', params: { sessionKey: 'agent:main:third' } },
    ])
  })

  test.each([
    ['APPROVAL_NOT_FOUND', 'unknown approval id'],
    ['INVALID_REQUEST', 'unknown approval id'],
  ])('an answer behind that of somebody else is told as too late (%s)', async (code, message) => {
    const script = scriptedGateway({
      'exec.approval.resolve': () => {
        throw new Fault('client.call-failed', `exec.approval.resolve: ${message}`, { details: { code, message } })
      },
    })
    await using screen = await arrived(script)
    ask(script, 'a1', 'uptime')
    await screen.after(800)
    await screen.type('o')
    await screen.after(800)
    expect(screen.text()).not.toContain('May this command run?')
    expect(screen.text()).toContain('Too late: it was decided already')
  })

  test('what cannot be remembered cannot be allowed for always', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    ask(script, 'a1', 'sh -c x', { rememberable: false })
    await screen.after(800)
    expect(screen.text()).not.toContain('Allow always')
    expect(screen.text()).toMatch(/o once {2}d deny/)
    await screen.type('a')
    await screen.after(800)
    expect(called(script, 'exec.approval.resolve')).toEqual([])
    await screen.type('<left><enter>')
    await screen.after()
    expect(called(script, 'exec.approval.resolve')).toEqual([{ id: 'a1', decision: 'allow-once' }])
  })

  test('somebody who looks elsewhere is called, with the command in the call', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    await screen.send('\x1b[O')
    ask(script, 'a1', 'uptime')
    await screen.after()
    expect(screen.done).toEqual(['notified Clawdbot asks for permission: uptime'])
  })
})
