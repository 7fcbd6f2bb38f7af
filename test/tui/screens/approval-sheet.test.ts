import { describe, expect, test } from 'vitest'
import { Fault } from '../../../src/shared/fault.ts'
import { type ScriptedGateway, scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, called } from '../../support/ui.tsx'

describe('a command asks for permission', () => {
  const ask = (script: ScriptedGateway, id: string, command: string, more: Record<string, unknown> = {}) =>
    script.tell('exec.approval.requested', {
      id,
      request: { command, where: 'gateway vps-1', ...more },
      createdAtMs: 0,
      expiresAtMs: 120_000,
    })

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

  test('keys typed as it came still go to the composer; after a pause they answer', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    await screen.type('I was typ')
    ask(script, 'a1', 'rm -rf /')
    await screen.after()
    await screen.type('o')
    expect(called(script, 'exec.approval.resolve')).toEqual([])
    await screen.after(800)
    await screen.type('o')
    await screen.after()
    expect(called(script, 'exec.approval.resolve')).toEqual([{ id: 'a1', decision: 'allow-once' }])
    expect(screen.text()).toContain('› I was typo')
  })

  test.each(['please wait, I look at it first', 'one\ra\rtwo\r', 'a\u0301'])(
    'text that comes in one read is writing and no answer: %j',
    async (text) => {
      const script = scriptedGateway()
      await using screen = await arrived(script)
      ask(script, 'a1', 'sleep 301')
      await screen.after(800)
      await screen.send(text)
      // The rest of it in other reads, though a question that heard a key hears the next ones at once.
      await screen.type('ay')
      await screen.after(100)
      expect(called(script, 'exec.approval.resolve')).toEqual([])
      expect(screen.text()).toContain(text.split('\r').findLast(Boolean))
      await screen.after(800)
      await screen.type('o')
      await screen.after()
      expect(called(script, 'exec.approval.resolve')).toEqual([{ id: 'a1', decision: 'allow-once' }])
    },
  )

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

  test('a command longer than the screen is allowed only once all of it was shown', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script)
    ask(script, 'a1', `echo ${'x'.repeat(3_000)}; rm -rf ~`)
    await screen.after(800)
    await screen.type('o')
    await screen.after()
    expect(called(script, 'exec.approval.resolve')).toEqual([])
    expect(screen.text()).toContain('Read the whole command first.')
    for (let page = 0; page < 10; page++) await screen.type('<pagedown>')
    expect(screen.text()).toContain('rm -rf ~')
    await screen.type('o')
    await screen.after()
    expect(called(script, 'exec.approval.resolve')).toEqual([{ id: 'a1', decision: 'allow-once' }])
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

  test('an answer given while the gateway is away is kept for no later: the question comes again with the connection', async () => {
    const waiting = {
      id: 'a1',
      request: { command: 'rm -rf /', sessionKey: 'agent:main:main' },
      createdAtMs: 0,
      expiresAtMs: 9_999_999_999_999,
    }
    const script = scriptedGateway({ 'exec.approval.list': () => ({ approvals: [waiting] }) })
    await using screen = await arrived(script)
    await screen.after(800)
    expect(screen.text()).toContain('May this command run?')
    script.lose(screen.clock.now() + 5_000)
    await screen.after(800)
    await screen.type('o')
    await screen.after(0)
    const tries = () => called(script, 'exec.approval.resolve').length
    expect(tries()).toBe(1) // refused: there is no connection
    script.hello({ server: { version: '0.1.0', connId: 'another' } })
    script.arrive()
    await screen.after(800)
    expect(tries()).toBe(1)
    expect(screen.text()).toContain('May this command run?')
    await screen.type('o')
    await screen.after()
    expect(tries()).toBe(2)
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
    await screen.after()
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
    expect(called(script, 'exec.approval.resolve')).toEqual([])
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
