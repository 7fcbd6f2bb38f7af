import { expect, test } from 'vitest'
import { openTestDesk, type TestDesk } from '../../support/channel-desk.ts'
import { telegramService } from '../../support/telegram/service.ts'

async function talking(settings: Record<string, unknown> = {}) {
  const service = await telegramService()
  const channels = { telegram: { ...service.channels.telegram, ...settings } }
  const desk = await openTestDesk({ kinds: [service.kind], channels })
  const answer = Promise.withResolvers<string>()
  desk.conversation.answerWith(() => answer.promise)
  service.say('go')
  const run = async () => (await service.until(() => desk.conversation.said[0])).runId
  return {
    ...{ service, desk, answer, channels, api: service.api, runId: await run() },
    async [Symbol.asyncDispose]() {
      await desk[Symbol.asyncDispose]()
      await service[Symbol.asyncDispose]()
      expect(desk.bugs).toEqual([])
    },
  }
}

const write = ({ conversation }: TestDesk, runId: string, text: string) => conversation.write(runId, text)

test('an answer is shown while it is written, in one message that grows', async () => {
  await using held = await talking()
  const { api, desk, runId, answer } = held
  write(desk, runId, 'Hello **wor')
  await api.until(() => api.texts(1001)[0] === 'Hello **wor')
  write(desk, runId, 'ld**, ')
  await api.until(() => api.texts(1001)[0] === 'Hello world,')
  answer.resolve('Hello **world**, at last')
  await api.until(() => api.texts(1001)[0] === 'Hello world, at last')
  expect([api.messages.length, api.called('sendMessage').length]).toEqual([1, 1])
})

test('with streamMode off it is sent when it is whole; somebody types meanwhile', async () => {
  await using held = await talking({ streamMode: 'off' })
  const { api, desk, runId, answer } = held
  await api.until(() => api.called('sendChatAction').length > 1)
  write(desk, runId, 'Half of it')
  answer.resolve('All of it')
  await api.until(() => api.texts(1001).length > 0)
  expect([api.texts(1001), api.called('editMessageText')]).toEqual([['All of it'], []])
})

test('DU6: asked for patience in the middle, it goes on when that is over', async () => {
  await using held = await talking()
  const { api, desk, runId, answer } = held
  write(desk, runId, 'one ')
  await api.until(() => api.texts(1001)[0] === 'one')
  api.fail('editMessageText', { code: 429, description: 'Too Many Requests: retry after 2', retryAfter: 2 })
  write(desk, runId, 'two ')
  await api.until(() => api.texts(1001)[0] === 'one two')
  answer.resolve('one two three')
  await api.until(() => api.texts(1001)[0] === 'one two three')
  expect(api.messages.length).toBe(1)
})

test('a long answer becomes several messages, cut where a reader would', async () => {
  await using held = await talking({ textChunkLimit: 200 })
  const { api, desk, runId, answer } = held
  const paragraphs = Array.from({ length: 6 }, (_, i) => `Paragraph ${i} ${'word '.repeat(20)}`.trim())
  write(desk, runId, paragraphs.slice(0, 3).join('\n\n'))
  await api.until(() => api.texts(1001).length >= 3)
  answer.resolve(paragraphs.join('\n\n'))
  await api.until(() => api.texts(1001).length === 6)
  expect(api.texts(1001)).toEqual(paragraphs)
})

test('DU6: a gateway that comes back writes on in the message the last one began', async () => {
  await using held = await talking()
  const { api, desk, service, channels, runId } = held
  write(desk, runId, 'The beginning')
  await api.until(() => api.texts(1001)[0] === 'The beginning')
  write(desk, runId, ' of it')
  await api.until(() => api.texts(1001)[0] === 'The beginning of it')
  await desk.desk[Symbol.asyncDispose]()
  await using second = await openTestDesk({ kinds: [service.kind], channels, db: desk.db })
  await api.until(() => api.texts(1001)[0] === 'echo: go')
  expect([api.messages.length, second.bugs]).toEqual([1, []])
})

test('a message that somebody deleted meanwhile is written as a new one', async () => {
  await using held = await talking()
  const { api, desk, runId, answer } = held
  write(desk, runId, 'The beginning')
  await api.until(() => api.texts(1001).length > 0)
  api.messages.splice(0)
  answer.resolve('The whole')
  await api.until(() => api.texts(1001)[0] === 'The whole')
})
