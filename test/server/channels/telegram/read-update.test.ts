import type { Message, Update } from 'grammy/types'
import { expect, test } from 'vitest'
import { readUpdate } from '../../../../src/server/channels/telegram/read-update.ts'

const bot = { id: 4242, username: 'claw_bot' }
const ada = { id: 42, is_bot: false, first_name: 'Ada', last_name: 'L\u202eovelace', username: 'ada' }
const group = { id: -100, type: 'supergroup', title: 'Friends\u0007' }

function read(message: Record<string, unknown>) {
  const whole = { message_id: 5, date: 1, chat: { id: 42, type: 'private', first_name: 'Ada' }, from: ada, ...message }
  return readUpdate({ update_id: 9, message: whole as unknown as Message & Update.NonChannel }, bot)
}

const mention = (offset: number) => [{ type: 'mention', offset, length: 9 }]
const command = (length: number) => [{ type: 'bot_command', offset: 0, length }]

test('a message says who wrote it, by number, where, and what', () => {
  expect(read({ text: 'hello' })).toEqual({
    kind: 'message',
    eventId: '4242:9',
    address: { chat: '42', isGroup: false },
    sender: { id: '42', name: 'Ada Lovelace', username: 'ada' },
    messageId: '5',
    text: 'hello',
    isMention: true,
    attachments: [],
  })
})

test.each([
  ['said to nobody', { text: 'hi all' }, false, 'hi all'],
  ['named first', { text: '@claw_bot, hi', entities: mention(0) }, true, 'hi'],
  ['named in the middle', { text: 'hi @Claw_Bot there', entities: mention(3) }, true, 'hi @Claw_Bot there'],
  ['another named', { text: '@else_bot hi', entities: mention(0) }, false, '@else_bot hi'],
  ['named without an entity', { text: '@claw_bot hi' }, false, '@claw_bot hi'],
  [
    'linked to its account',
    { text: 'Claw hi', entities: [{ type: 'text_mention', offset: 0, length: 4, user: { id: 4242 } }] },
    true,
    'hi',
  ],
  ['an answer to it', { text: 'yes', reply_to_message: { from: { id: 4242 }, text: 'sure?' } }, true, 'yes'],
  ['a command', { text: '/status', entities: command(7) }, true, '/status'],
  ['a command for it', { text: '/status@claw_bot now', entities: command(16) }, true, '/status now'],
  ['a command for another', { text: '/status@else_bot', entities: command(16) }, false, '/status@else_bot'],
] as const)('in a group, %s', (_, message, isMention, text) => {
  expect(read({ chat: group, ...message })).toMatchObject({
    isMention,
    text,
    title: 'Friends',
    address: { isGroup: true },
  })
})

test('a topic is part of the address, and a message that is answered is quoted', () => {
  const said = {
    chat: group,
    text: 'so?',
    message_thread_id: 7,
    is_topic_message: true,
    reply_to_message: { from: ada, text: 'idea' },
  }
  expect(read(said)).toMatchObject({ address: { chat: '-100', thread: '7' }, quoted: 'idea' })
})

test.each([
  ['a group', { sender_chat: { id: -100, type: 'supergroup' } }],
  [
    'a channel',
    { sender_chat: { id: -200, type: 'channel' }, from: { id: 136817688, is_bot: true, first_name: 'Channel' } },
  ],
  ['nobody', { from: undefined }],
])('EX15: whoever speaks as %s has no account', (_, more) => {
  expect(read({ chat: group, text: 'hi', ...more })).not.toHaveProperty('sender')
})

test.each([
  ['another bot', { text: 'hi', from: { ...ada, is_bot: true } }],
  ['a channel post', { text: 'hi', chat: { id: -300, type: 'channel', title: 'News' } }],
  ['somebody who joins', { new_chat_members: [ada] }],
])('%s is of no concern', (_, message) => {
  expect(read(message)).toBeUndefined()
})

test('photos come in their largest size, files with their name made safe to show', () => {
  const photo = [
    { file_id: 's', file_unique_id: 'a', file_size: 10 },
    { file_id: 'l', file_unique_id: 'b', file_size: 99 },
  ]
  expect(read({ photo, caption: 'look' })).toMatchObject({
    text: 'look',
    attachments: [{ kind: 'photo', ref: 'l', name: 'photo-b.jpg', mimeType: 'image/jpeg', sizeBytes: 99 }],
  })
  const document = { file_id: 'd', file_unique_id: 'u', file_name: 'a\u202eb.pdf', mime_type: 'application/pdf' }
  expect(read({ document })).toMatchObject({
    attachments: [{ kind: 'file', name: 'ab.pdf', mimeType: 'application/pdf' }],
  })
})
