import { expect, test } from 'vitest'
import { openTestDesk } from '../../support/channel-desk.ts'
import { telegramService } from '../../support/telegram/service.ts'

const never = new AbortController().signal

async function asking(command = 'rm -rf build', approvers: readonly (string | number)[] = [1001, 1002]) {
  const service = await telegramService()
  const telegram = { ...service.channels.telegram, execApprovals: { approvers } }
  const desk = await openTestDesk({ kinds: [service.kind], channels: { telegram } })
  await service.until(() => desk.desk.facts().channelAccounts.telegram?.[0]?.connected)
  const request = { command, cwd: '/srv/app', where: 'gateway vps-1', sessionKey: 'agent:main:main' }
  const answer = desk.approvals.ask(request, never)
  const { api } = service
  const buttonsOf = (chat: number) =>
    api.until(() => api.messages.find((one) => one.chat === String(chat) && one.buttons.length > 0))
  return {
    ...{ api, desk, answer, telegram, buttonsOf },
    /** Presses a button by its label. */
    async press(label: string, { in: chat = 1001, by = chat }: { in?: number; by?: number } = {}) {
      const message = await buttonsOf(chat)
      api.press(message, message.buttons.find(({ text }) => text === label)?.data ?? 'none', by)
    },
    async [Symbol.asyncDispose]() {
      await desk[Symbol.asyncDispose]()
      await service[Symbol.asyncDispose]()
      expect(desk.bugs).toEqual([])
    },
  }
}

test('EX6: an approver is shown all of it and answers by a press; everybody asked sees what came of it', async () => {
  await using held = await asking()
  const { api, answer, press, buttonsOf } = held
  expect((await buttonsOf(1002)).text).toBe(
    '🔐 A command waits for your answer\nrm -rf build\n\nFolder: /srv/app\nWhere: gateway vps-1\nSession: agent:main:main',
  )
  await press('Allow once')
  expect(await answer).toMatchObject({ decision: 'allow-once', by: 'Ada (telegram 1001)', reason: 'answered' })
  const told = (chat: number) => api.texts(chat)[0]?.endsWith('✅ Allowed once by Ada (telegram 1001)')
  await api.until(() => told(1001) && told(1002) && api.presses.length > 0)
  expect(api.messages.flatMap(({ buttons }) => buttons)).toEqual([])
  expect(api.presses.map(({ text }) => text)).toEqual(['✅ Allowed once'])
})

test.each([
  ['somebody else presses in an approver’s chat', { in: 1001, by: 666 }],
  ['an approver presses in the chat of another', { in: 1001, by: 1002 }],
])('EX6: %s: nothing is decided, it is written down, and the question stays', async (_, who) => {
  await using held = await asking()
  const { api, desk, press, answer } = held
  await press('Allow once', who)
  await api.until(() => api.presses.length > 0)
  expect(api.presses[0]?.text).toBe('You may not answer this.')
  expect(desk.approvals.list().length).toBe(1)
  expect(desk.notes).toContainEqual({
    what: 'approval.press-refused',
    facts: expect.objectContaining({ channel: 'telegram', sender: String(who.by) }),
  })
  await press('Deny')
  expect(await answer).toMatchObject({ decision: 'deny', by: 'Ada (telegram 1001)' })
  await api.until(() => api.presses.length > 1)
  expect(api.presses[1]?.text).toBe('⛔ Denied')
})

test('EX6: who may is decided at the press, not when it was asked', async () => {
  await using held = await asking()
  const { api, desk, telegram, buttonsOf, press } = held
  await buttonsOf(1001)
  desk.set({ telegram: { ...telegram, execApprovals: { approvers: [1002] } } })
  await press('Allow once')
  await api.until(() => api.presses.length > 0)
  expect([api.presses[0]?.text, desk.approvals.list().length]).toEqual(['You may not answer this.', 1])
})

test('EX6: a button answers exactly what was shown: another command under its id, a made-up or an old button do nothing', async () => {
  await using held = await asking()
  const { api, desk, buttonsOf, press } = held
  const message = await buttonsOf(1001)
  const [row] = desk.approvals.list()
  Object.assign(row?.request ?? {}, { command: 'rm -rf /' })
  await press('Allow once')
  const [, token] = (message.buttons[0]?.data ?? '').split(':')
  for (const data of [`approve:${token}:allow-once`, `approve:${'A'.repeat(16)}:once`, row?.id ?? '', ''])
    api.press(message, data)
  await api.until(() => api.presses.length === 5)
  expect(new Set(api.presses.map(({ text }) => text))).toEqual(new Set(['That question is no longer open.']))
  expect(desk.approvals.list().length).toBe(1)
})

test('EX3: what cannot be seen is named, long ones page with the buttons last, and too long ones have none', async () => {
  const bidi = 'echo \u202e\u200b$(x)\n```<b>'
  await using held = await asking(`${bidi} ${'Q'.repeat(6000)} END`, [1001])
  const { api, buttonsOf } = held
  const last = await buttonsOf(1001)
  const texts = api.texts(1001)
  expect([
    texts.length > 1,
    last.text.includes('END'),
    texts.join('').includes('echo ⟨U+202E⟩⟨U+200B⟩$(x)⟨LF⟩```<b>'),
  ]).toEqual([true, true, true])
  expect(texts.join('').match(/Q/g)?.length).toBe(6000)
  await using longer = await asking('z'.repeat(40_000), [1001])
  await longer.api.until(() => longer.api.texts(1001).length > 0)
  expect([longer.api.texts(1001).length, longer.api.messages[0]?.buttons]).toEqual([1, []])
  expect(longer.api.texts(1001)[0]).toContain('Answer it in a terminal')
})

test('a question answered elsewhere loses its buttons', async () => {
  await using held = await asking()
  const { api, desk, buttonsOf } = held
  await buttonsOf(1001)
  desk.approvals.resolve(desk.approvals.list()[0]?.id ?? '', 'deny', 'laptop')
  await api.until(() => api.texts(1001)[0]?.endsWith('⛔ Denied by laptop'))
})
