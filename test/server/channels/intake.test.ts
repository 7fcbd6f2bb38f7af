import { expect, test } from 'vitest'
import { openTestDesk } from '../../support/channel-desk.ts'
import { startTestGateway } from '../../support/gateway.ts'
import { telegramService } from '../../support/telegram/service.ts'

async function listening(settings: Record<string, unknown> = {}) {
  const service = await telegramService()
  const telegram = { ...service.channels.telegram, ...settings }
  const desk = await openTestDesk({ kinds: [service.kind], channels: { telegram } })
  return {
    ...{ desk, api: service.api, service, conversation: desk.conversation },
    async [Symbol.asyncDispose]() {
      await desk[Symbol.asyncDispose]()
      await service[Symbol.asyncDispose]()
      expect(desk.bugs).toEqual([])
    },
  }
}

test('in a topic of a group it answers there, pointing to the question, in a session of the topic', async () => {
  await using held = await listening()
  const { api, conversation } = held
  const message = {
    message_thread_id: 7,
    is_topic_message: true,
    entities: [{ type: 'mention', offset: 0, length: 9 }],
  }
  const asked = api.say('@claw_bot what now?', { chat: -100, message })
  const answer = await api.until(() => api.messages.find(({ chat }) => chat === '-100'))
  expect(answer).toMatchObject({ text: 'echo: Ada: what now?', thread: '7', replyTo: asked })
  expect(conversation.said[0]?.sessionKey).toBe('agent:main:telegram:group:-100:topic:7')
})

test('a word that stops is obeyed at once, and a command stands alone', async () => {
  await using held = await listening()
  const { api, conversation } = held
  api.say('stop')
  await api.until(() => api.texts(1001)[0] === 'Stopped.')
  api.say('/status', { message: { reply_to_message: { from: { id: 1 }, text: 'quoted' } } })
  await api.until(() => api.texts(1001).length === 2)
  expect([conversation.said.map(({ text }) => text), api.called('sendChatAction')]).toEqual([['/status'], []])
})

test('words behind /new are the first of the new session, with the name before them in a group', async () => {
  await using held = await listening()
  const { api, conversation } = held
  conversation.lose('telegram:4242:7001', 'interrupted')
  api.say('/new hello')
  await api.until(() => api.texts(1001)[0] === 'echo: hello')
  const message = { entities: [{ type: 'bot_command', offset: 0, length: 13 }] }
  api.say('/new@claw_bot what now?', { chat: -100, message })
  await api.until(() => api.texts(-100)[0] === 'echo: Ada: what now?')
  // It is begun anew once, also when the message had to be asked again.
  expect(conversation.said.map(({ text }) => text)).toEqual(['/new', 'hello', 'hello', '/new', 'Ada: what now?'])
})

test('what the gateway lost before anything came of it is asked again, once', async () => {
  await using held = await listening()
  const { api, conversation } = held
  conversation.lose('telegram:4242:7001', 'interrupted')
  api.say('hello')
  await api.until(() => api.texts(1001)[0] === 'echo: hello')
  conversation.lose('telegram:4242:7002', 'interrupted')
  conversation.lose('telegram:4242:7002:again', 'interrupted')
  api.say('and now')
  await api.until(() => api.texts(1001).length === 2)
  expect(api.texts(1001)[1]).toBe('⚠️ The gateway was restarted while it answered. Send it again.')
})

test('photos are seen, files are kept, and what is too large is told to both', async () => {
  await using held = await listening({ mediaMaxMb: 1 })
  const { api, conversation } = held
  api.putFile('p1', Buffer.from('a picture'))
  api.putFile('d1', Buffer.from('a,b\n1,2\n'))
  api.say('', { message: { photo: [{ file_id: 'p1', file_unique_id: 'x', file_size: 9 }], caption: 'what is it?' } })
  api.say('', {
    message: { document: { file_id: 'd1', file_unique_id: 'y', file_name: '../data.csv', mime_type: 'text/csv' } },
  })
  const large = {
    file_id: 'd2',
    file_unique_id: 'z',
    file_name: 'film.mkv',
    mime_type: 'video/x-matroska',
    file_size: 3e9,
  }
  api.say('', { message: { document: large } })
  await api.until(() => api.texts(1001).length === 4)
  const [photo, file, film] = conversation.said
  expect([photo?.text, photo?.images.map(({ bytes }) => String(bytes))]).toEqual(['what is it?', ['a picture']])
  expect([file?.text, [...conversation.kept.keys()]]).toEqual([
    expect.stringMatching(/^\[File inbox\/\d+-_data\.csv \(text\/csv, 8 bytes\)\]$/),
    [expect.stringMatching(/^\d+-_data\.csv$/)],
  ])
  expect(film?.text).toBe('[film.mkv: not taken. film.mkv is larger than 1 MB, so it was left out.]')
  expect(api.texts(1001)).toContain('film.mkv is larger than 1 MB, so it was left out.')
})

test('a file that cannot be fetched now is fetched a little later', async () => {
  await using held = await listening()
  const { api, conversation } = held
  api.putFile('p1', Buffer.from('a picture'))
  api.fail('getFile', { code: 502, description: 'Bad Gateway' }, 'cut')
  api.say('', { message: { photo: [{ file_id: 'p1', file_unique_id: 'x', file_size: 9 }] } })
  await api.until(() => api.texts(1001).length > 0)
  expect(conversation.said[0]?.images.length).toBe(1)
})

test('a flood is answered in order, and nothing twice', async () => {
  await using held = await listening()
  const { api } = held
  for (let i = 0; i < 25; i++) {
    api.say(`m${i}`)
    api.sayAgain()
  }
  await api.until(() => api.texts(1001).length === 25)
  expect(api.texts(1001)).toEqual(Array.from({ length: 25 }, (_, i) => `echo: m${i}`))
})

test('what a terminal says in the session of a chat is answered there too, when it asks for that', async () => {
  await using held = await listening()
  const { api, desk, conversation } = held
  api.say('hello')
  await api.until(() => api.texts(1001).length === 1)
  const sessionKey = 'agent:main:telegram:dm:1001'
  const by = { channel: 'webchat', person: { id: '1', name: 'Ada' }, isApprover: false }
  await conversation.say(
    { sessionKey, text: 'from the terminal', images: [], runId: 'run-of-a-terminal' },
    by,
    new AbortController().signal,
  )
  expect([desk.desk.deliver(sessionKey, 'run-of-a-terminal'), desk.desk.deliver('agent:main:main', 'x')]).toEqual([
    true,
    false,
  ])
  await api.until(() => api.texts(1001)[1] === 'echo: from the terminal')
})

test('a file of the workspace goes to the chat of the session, as a photo where it is one, and not when it is too large', async () => {
  await using held = await listening({ mediaMaxMb: 1 })
  const { api, desk } = held
  api.say('hello')
  await api.until(() => api.texts(1001).length === 1)
  const send = (name: string, mimeType: string, bytes: Uint8Array, sessionKey = 'agent:main:telegram:dm:1001') =>
    desk.desk.sendFile(sessionKey, { name, mimeType, bytes, caption: 'here', key: name })
  await send('a.png', 'image/png', Buffer.from('picture'))
  await send('b.csv', 'text/csv', Buffer.from('1,2'))
  await api.until(() => api.texts(1001).length === 3)
  expect(api.messages.slice(1)).toMatchObject([
    { text: 'here', file: { name: 'a.png', kind: 'photo', bytes: Buffer.from('picture') } },
    { text: 'here', file: { name: 'b.csv', kind: 'document', bytes: Buffer.from('1,2') } },
  ])
  await expect(send('c', 'x/y', Buffer.alloc(2e6))).rejects.toThrow('c is larger than 1 MB')
  await expect(send('d', 'x/y', Buffer.from('x'), 'agent:main:main')).rejects.toThrow('belongs to no chat')
})

test('DU6: a poll that is cut in the middle is begun again, and what came meanwhile is answered once', async () => {
  await using held = await listening()
  const { api } = held
  await api.until(() => api.called('getUpdates').length > 0)
  const { length } = api.called('getUpdates')
  api.cut()
  api.say('are you there?')
  await api.until(() => api.texts(1001)[0])
  expect(api.called('getUpdates').length).toBeGreaterThan(length)
  // The one that was cut had told Telegram nothing: the same is told once more.
  api.sayAgain()
  api.say('and now?')
  await api.until(() => api.texts(1001)[1])
  expect(api.texts(1001)).toEqual(['echo: are you there?', 'echo: and now?'])
})

test('by a webhook, from the HTTP request to the answer: whoever shows the secret is answered, once, and nobody else', async () => {
  const webhook = { webhookUrl: 'https://gw.example', webhookSecret: 'a-secret-of-sixteen' }
  await using held = await listening(webhook)
  const { api, desk } = held
  await using gateway = await startTestGateway({ webhooks: desk.webhooks })
  await api.until(() => api.webhook)
  const post = async (update: number, text: string, secret: string) => {
    const from = { id: 1001, is_bot: false, first_name: 'Ada' }
    const message = { message_id: update, date: 1, chat: { id: 1001, type: 'private' }, from, text }
    const { status } = await fetch(
      `http://127.0.0.1:${gateway.server.port}${new URL(api.webhook?.url ?? '').pathname}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret },
        body: JSON.stringify({ update_id: update, message }),
      },
    )
    return status
  }
  expect(await post(1, 'let me in', 'another-secret-of-mine')).toBe(401)
  expect(await post(2, 'hello', webhook.webhookSecret)).toBe(200)
  expect(await post(2, 'hello', webhook.webhookSecret)).toBe(200)
  expect(await post(3, 'bye', webhook.webhookSecret)).toBe(200)
  await api.until(() => api.texts(1001)[1])
  expect(api.texts(1001)).toEqual(['echo: hello', 'echo: bye'])
})

test('a probe sees that Telegram sends elsewhere, and who leaves takes the webhook away', async () => {
  await using held = await listening({ webhookUrl: 'https://gw.example', webhookSecret: 'a-secret-of-sixteen' })
  const { api, desk } = held
  await api.until(() => api.webhook)
  const probed = async () => {
    await desk.desk.probe(AbortSignal.timeout(5_000))
    return desk.desk.facts().channelAccounts.telegram?.[0]?.probe
  }
  expect(await probed()).toMatchObject({ ok: true })
  api.webhook = { url: 'https://other.example/x', secret: 'y' }
  expect(await probed()).toMatchObject({ ok: false, error: expect.stringContaining('https://other.example/x') })
  expect(await probed()).toMatchObject({ error: expect.stringContaining('clawdbot gateway restart') })
  await desk.desk.leave('telegram', AbortSignal.timeout(5_000))
  expect(api.webhook).toBeUndefined()
  api.webhook = { url: 'https://gw.example/telegram-webhook', secret: 'x' }
  await desk.change({})
  expect(api.webhook).toBeUndefined()
})

test('what is sent is no larger than the settings allow, and whoever sends is told the figures', async () => {
  await using held = await listening({ mediaMaxMb: 1 })
  const file = { name: 'big.zip', mimeType: 'application/zip', bytes: Buffer.alloc(1_600_000) }
  const letter = { key: 'k', address: { chat: '1001', isGroup: false }, text: '', file }
  await expect(held.desk.desk.send('telegram', letter, AbortSignal.timeout(5_000))).rejects.toMatchObject({
    message: 'big.zip has 1.5 MB, more than the 1 MB allowed',
    remedy: expect.stringContaining('channels.telegram.mediaMaxMb'),
  })
  expect(held.api.called('sendDocument')).toEqual([])
})

test('a webhook is taken instead of polling, and polling again takes it away', async () => {
  const webhook = { webhookUrl: 'https://gw.example', webhookSecret: 'a-secret-of-sixteen' }
  await using held = await listening(webhook)
  const { api, desk, service } = held
  await api.until(() => api.webhook)
  expect(api.webhook).toEqual({ url: 'https://gw.example/telegram-webhook', secret: 'a-secret-of-sixteen' })
  await expect.poll(() => desk.desk.facts().channelSummary).toEqual(['Telegram: connected (@claw_bot, webhook)'])
  const [route] = desk.webhooks.routes()
  expect([route?.path, route?.method]).toEqual(['/telegram-webhook', 'POST'])
  await desk.change(service.channels)
  await api.until(() => api.called('getUpdates').length > 0)
  expect([api.webhook, desk.webhooks.routes()]).toEqual([undefined, []])
})
