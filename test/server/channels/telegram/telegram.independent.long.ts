/** Against somebody else's idea of the Bot API: the package telegram-test-api, which knows private chats with text. */

import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { telegramKind } from '../../../../src/server/channels/telegram/kind.ts'
import { openTestDesk } from '../../../support/channel-desk.ts'
import { freePort } from '../../../support/free-port.ts'

type Client = {
  makeMessage(text: string): object
  sendMessage(message: object): Promise<unknown>
  getUpdates(): Promise<{ result: { message: { text: string; chat_id: string } }[] }>
}
type StandIn = {
  config: { apiURL: string }
  start(): Promise<void>
  stop(): Promise<boolean>
  getClient(token: string, options: object): Client
}

test('it is spoken to and answers', async () => {
  const TelegramServer = createRequire(import.meta.url)('telegram-test-api') as new (options: object) => StandIn
  const server = new TelegramServer({ port: await freePort(), host: '127.0.0.1' })
  await server.start()
  const token = '666:independent-stand-in'
  const telegram = { botToken: token, apiRoot: server.config.apiURL, allowFrom: [1] }
  const desk = await openTestDesk({ kinds: [telegramKind], channels: { telegram } })
  try {
    const client = server.getClient(token, { timeout: 5_000, interval: 20, userId: 1, chatId: 1 })
    await client.sendMessage(client.makeMessage('a **question**'))
    const { result } = await client.getUpdates()
    expect(result.map(({ message }) => message.text)).toEqual(['echo: a <b>question</b>'])
    expect(desk.desk.facts().channelSummary).toEqual(['Telegram: connected (@TestNameBot, polling)'])
  } finally {
    await desk[Symbol.asyncDispose]()
    await server.stop()
  }
})
