/** The contract of the channel port with everything that stands on it: what every chat service keeps, the fake included. */

import { describe, expect, test } from 'vitest'
import type { ChannelKind, Env } from '../../src/server/channels/kind.ts'
import { openTestDesk, type TestDesk } from '../support/channel-desk.ts'

/** What the service does instead of what it was asked. `answer lost` means that it was done all the same. */
export type Fault = 'refused' | 'unavailable' | 'unauthorized' | 'conflict' | 'throttled 3 s' | 'answer lost'

/** A service with people who write, ready to be listened to. */
export type OpenService = AsyncDisposable & {
  kind: ChannelKind
  env?: Env
  /** With these settings 1001 may write. */
  channels: Record<string, Record<string, unknown>>
  say(
    text: string,
    more?: { from?: number; name?: string; username?: string; group?: number; isMention?: boolean },
  ): void
  /** Tells what was said last once more. */
  sayAgain(): void
  /** What people see in a chat. */
  texts(chat: number): string[]
  fail(what: 'listen' | 'send', ...faults: Fault[]): void
  /** How often the service was asked to send. */
  sendings(): number
  until<T>(find: () => T | undefined | false): Promise<T>
}

export function channelContract(name: string, open: () => Promise<OpenService>): void {
  const begin = async () => {
    const service = await open()
    const desk = await openTestDesk({ ...service, kinds: [service.kind] })
    const account = () => desk.desk.facts().channelAccounts[service.kind.id]?.[0]
    return {
      ...{ service, desk, account },
      settings: service.channels[service.kind.id] as Record<string, unknown>,
      async [Symbol.asyncDispose]() {
        await desk[Symbol.asyncDispose]()
        await service[Symbol.asyncDispose]()
        expect(desk.bugs).toEqual([])
      },
    }
  }
  const with_ = (desk: TestDesk, id: string, settings: Record<string, unknown>) => desk.change({ [id]: settings })

  describe(`${name} keeps the channel contract`, () => {
    test('it says how it is: connected with its name, stopped when it is switched off', async () => {
      await using held = await begin()
      const { service, desk, account, settings } = held
      await service.until(() => account()?.connected)
      expect(account()).toMatchObject({
        running: true,
        lastError: null,
        state: expect.stringMatching(/^connected \(@/),
      })
      await with_(desk, service.kind.id, { ...settings, enabled: false })
      expect(account()).toMatchObject({ running: false, connected: false, state: 'disabled' })
      expect(desk.notes.map(({ what }) => what)).toContain('channel.connected')
    })

    test('a message is answered where it was written', async () => {
      await using held = await begin()
      const { service, desk } = held
      service.say('hello')
      expect(await service.until(() => service.texts(1001)[0])).toBe('echo: hello')
      expect(desk.conversation.said).toMatchObject([{ text: 'hello', by: { person: { id: '1001' } } }])
    })

    test('DU6: the same message told twice is answered once', async () => {
      await using held = await begin()
      const { service, desk } = held
      service.say('once')
      await service.until(() => service.texts(1001)[0])
      service.sayAgain()
      service.say('after')
      await service.until(() => service.texts(1001).includes('echo: after'))
      expect([desk.conversation.said.map(({ text }) => text), service.texts(1001).length]).toEqual([
        ['once', 'after'],
        2,
      ])
    })

    test('messages of one person are taken in order', async () => {
      await using held = await begin()
      const { service, desk } = held
      for (const text of ['one', 'two', 'three']) service.say(text)
      await service.until(() => service.texts(1001).length === 3)
      expect(desk.conversation.said.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
    })

    test('EX15: an allowed account is known by its number, whatever it calls itself, and nobody gets in by its names', async () => {
      await using held = await begin()
      const { service, desk } = held
      service.say('I am 1001', { from: 2002, name: '1001', username: 'ada' })
      service.say('renamed', { from: 1001, name: 'Somebody Else', username: 'other' })
      await service.until(() => service.texts(1001).length > 0)
      expect(desk.conversation.said.map(({ by, text }) => [by.person.id, text])).toEqual([['1001', 'renamed']])
    })

    test('EX15: the number of a group lets nobody in, and whoever has none is not heard', async () => {
      await using held = await begin()
      const { service, desk, settings } = held
      await with_(desk, service.kind.id, { ...settings, groups: { '-100': {} }, groupAllowFrom: [1001] })
      service.say('from a stranger', { from: 2002, group: -100, isMention: true })
      service.say('not to the bot', { group: -100 })
      service.say('elsewhere', { group: -200, isMention: true })
      service.say('to the bot', { group: -100, isMention: true })
      await service.until(() => service.texts(-100).length > 0)
      expect(desk.conversation.said.map(({ text }) => text)).toEqual(['Ada: to the bot'])
    })

    test('DU6: what cannot be sent now is sent later, and what the service has is not sent again', async () => {
      await using held = await begin()
      const { service, account } = held
      await service.until(() => account()?.connected)
      service.fail('send', 'unavailable', 'throttled 3 s', 'unauthorized')
      service.say('hello')
      await service.until(() => service.texts(1001).length > 0)
      service.say('again')
      await service.until(() => service.texts(1001).length === 2)
      expect([service.sendings(), service.texts(1001)]).toEqual([5, ['echo: hello', 'echo: again']])
      expect(held.desk.clock.waits).toContain(3000)
    })

    test('DU6: what the service refuses for good is tried once, told, and does not hold up what follows', async () => {
      await using held = await begin()
      const { service, desk, account } = held
      await service.until(() => account()?.connected)
      service.fail('send', 'refused')
      service.say('hello')
      service.say('again')
      await service.until(() => service.texts(1001).length > 0)
      expect([service.sendings(), service.texts(1001)]).toEqual([2, ['echo: again']])
      expect(desk.notes).toContainEqual({
        what: 'channel.undelivered',
        facts: expect.objectContaining({ chat: '1001' }),
      })
    })

    test('DU6: an answer that may have arrived is sent again rather than lost', async () => {
      await using held = await begin()
      const { service, account } = held
      await service.until(() => account()?.connected)
      service.fail('send', 'answer lost')
      service.say('hello')
      await service.until(() => service.texts(1001).length === 2)
      expect(service.texts(1001)).toEqual(['echo: hello', 'echo: hello'])
    })

    test.each([
      ['unauthorized', /token/],
      ['conflict', /[Aa]nother program/],
      ['unavailable', /./],
    ] as const)('%s while it listens is told with what to do, and it comes back by itself', async (fault, says) => {
      await using held = await begin()
      const { service, desk, account } = held
      await service.until(() => account()?.connected)
      service.fail('listen', fault)
      service.say('wake up')
      await service.until(() => service.texts(1001).length > 0)
      const failed = await service.until(() => desk.notes.find(({ what }) => what === 'channel.failed'))
      expect(failed.facts.reason).toMatch(says)
      await service.until(() => account()?.connected)
      service.say('back?')
      await service.until(() => service.texts(1001).includes('echo: back?'))
      expect(account()).toMatchObject({ connected: true, lastError: null })
    })

    test('DU6: what was on its way when the line to the service was cut is told again, and answered once', async () => {
      await using held = await begin()
      const { service, desk, account } = held
      await service.until(() => account()?.connected)
      service.fail('listen', 'answer lost')
      service.say('before')
      await service.until(() => service.texts(1001).includes('echo: before'))
      service.say('cut')
      await service.until(() => desk.notes.some(({ what }) => what === 'channel.failed'))
      service.say('after')
      await service.until(() => service.texts(1001).includes('echo: after'))
      expect(service.texts(1001)).toEqual(['echo: before', 'echo: cut', 'echo: after'])
    })

    test('what it had taken and not answered when it ended is answered by the next one, once', async () => {
      const service = await open()
      const first = await openTestDesk({ ...service, kinds: [service.kind] })
      first.conversation.answerWith(() => new Promise(() => {}))
      service.say('hello')
      await service.until(() => first.conversation.said.length > 0)
      await first.desk[Symbol.asyncDispose]()
      await using second = await openTestDesk({ ...service, kinds: [service.kind], db: first.db })
      await service.until(() => service.texts(1001).length > 0)
      service.say('and now')
      await service.until(() => service.texts(1001).includes('echo: and now'))
      expect(service.texts(1001)).toEqual(['echo: hello', 'echo: and now'])
      await second.desk[Symbol.asyncDispose]()
      first.db[Symbol.dispose]()
      await service[Symbol.asyncDispose]()
    })

    test('a stranger is told a code once, is let in by it, and is nobody again when that is taken back', async () => {
      await using held = await begin()
      const { service, desk } = held
      const { id } = service.kind
      service.say('hi', { from: 3003, name: 'Bo\u202eb' })
      service.say('hi?', { from: 3003 })
      const code = await service.until(() => desk.desk.senders(id).waiting()[0]?.code)
      await service.until(() => service.texts(3003).length > 0)
      expect(service.texts(3003)).toEqual([expect.stringContaining(code)])
      expect(desk.desk.senders(id).approve(code.toLowerCase())).toMatchObject({ id: '3003', name: 'Bob' })
      service.say('and now', { from: 3003 })
      await service.until(() => service.texts(3003).includes('echo: and now'))
      expect([desk.desk.senders(id).approve(code), desk.desk.senders(id).revoke('3003')]).toEqual([undefined, true])
      service.say('still there?', { from: 3003 })
      await service.until(() => desk.desk.senders(id).waiting().length > 0)
      expect(desk.conversation.said.map(({ text }) => text)).toEqual(['and now'])
    })
  })
}
