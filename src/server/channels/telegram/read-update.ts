/** What Telegram tells, in the gateway's words. Pure. https://core.telegram.org/bots/api#update */

import type { CallbackQuery, Message, MessageEntity, Update, User } from 'grammy/types'
import { cleanName } from '../../../shared/std/clean-name.ts'
import type { Address, Attachment, ChannelEvent, ChannelMessage, Person } from '../channel.ts'

export type Bot = { readonly id: number; readonly username: string }

/** Undefined for what is of no concern: other bots, edits, people who join. */
export function readUpdate(update: Update, bot: Bot): ChannelEvent | undefined {
  // Each bot counts its updates by itself.
  const eventId = `${bot.id}:${update.update_id}`
  if (update.callback_query) return readPress(eventId, update.callback_query)
  return update.message && readMessage(eventId, update.message, bot)
}

function readPress(eventId: string, query: CallbackQuery): ChannelEvent | undefined {
  const { message, from, data, id } = query
  if (!message || data === undefined) return undefined
  return {
    kind: 'press',
    eventId,
    address: addressOf(message as Message),
    sender: personOf(from),
    messageId: String(message.message_id),
    data,
    pressId: id,
  }
}

function readMessage(eventId: string, message: Message, bot: Bot): ChannelMessage | undefined {
  const { chat, from } = message
  if (chat.type === 'channel' || (from?.is_bot === true && message.sender_chat === undefined)) return undefined
  const body = message.text ?? message.caption ?? message.sticker?.emoji ?? ''
  const entities = message.entities ?? message.caption_entities ?? []
  const attachments = attachmentsOf(message)
  if (body.trim() === '' && attachments.length === 0) return undefined
  const address = addressOf(message)
  const quoted = message.reply_to_message
  const isAnswer = quoted?.from?.id === bot.id
  const spoken = spokenTo(body, entities, bot)
  // Somebody who speaks as a group or a channel has no account we could know (EX15).
  const sender = from === undefined || message.sender_chat !== undefined ? undefined : personOf(from)
  const title = 'title' in chat ? cleanName(chat.title, 128) : undefined
  const quotedText = isAnswer ? undefined : (message.quote?.text ?? quoted?.text ?? quoted?.caption)
  return {
    kind: 'message',
    eventId,
    address,
    ...(sender && { sender }),
    ...(title !== undefined && { title }),
    messageId: String(message.message_id),
    text: spoken.text,
    isMention: !address.isGroup || isAnswer || spoken.isMention,
    attachments,
    ...(quotedText !== undefined && { quoted: quotedText }),
  }
}

function addressOf({ chat, message_thread_id: thread, is_topic_message: isTopic }: Message): Address {
  return {
    chat: String(chat.id),
    ...(isTopic === true && thread !== undefined && { thread: String(thread) }),
    isGroup: chat.type !== 'private',
  }
}

function personOf({ id, first_name, last_name, username }: User): Person {
  const name = cleanName([first_name, last_name].filter(Boolean).join(' ')) ?? String(id)
  const clean = cleanName(username)
  return { id: String(id), name, ...(clean !== undefined && { username: clean }) }
}

/** Whether the bot is named, and the text without its name where that only calls it. */
function spokenTo(text: string, entities: readonly MessageEntity[], bot: Bot): { text: string; isMention: boolean } {
  const handle = `@${bot.username}`.toLowerCase()
  const wordOf = ({ offset, length }: MessageEntity) => text.slice(offset, offset + length)
  const isNamed = (entity: MessageEntity) =>
    entity.type === 'text_mention'
      ? entity.user.id === bot.id
      : entity.type === 'mention' && wordOf(entity).toLowerCase() === handle
  const command = entities.find(({ type, offset }) => type === 'bot_command' && offset === 0)
  if (command) {
    const [name = '', whose] = wordOf(command).split('@')
    const isOurs = whose === undefined || `@${whose}`.toLowerCase() === handle
    return isOurs ? { text: name + text.slice(command.length), isMention: true } : { text, isMention: false }
  }
  const call = entities.find((entity) => isNamed(entity) && entity.offset === 0)
  const rest = call ? text.slice(call.length).replace(/^[\s,:]+/, '') : text
  return { text: rest, isMention: entities.some(isNamed) }
}

function attachmentsOf(message: Message): Attachment[] {
  const photo = message.photo?.at(-1)
  if (photo) {
    const name = `photo-${photo.file_unique_id}.jpg`
    return [{ kind: 'photo', ref: photo.file_id, name, mimeType: 'image/jpeg', ...sized(photo.file_size) }]
  }
  const file = message.document ?? message.audio ?? message.video ?? message.voice ?? message.video_note
  if (!file) return []
  const mimeType = ('mime_type' in file ? file.mime_type : undefined) ?? 'application/octet-stream'
  const given = 'file_name' in file ? cleanName(file.file_name, 128) : undefined
  const name = given ?? `${file.file_unique_id}.${/^[a-z]+\/([a-z0-9]+)/.exec(mimeType)?.[1] ?? 'bin'}`
  const isImage = /^image\/(jpeg|png|gif|webp)$/.test(mimeType)
  return [{ kind: isImage ? 'photo' : 'file', ref: file.file_id, name, mimeType, ...sized(file.file_size) }]
}

function sized(bytes: number | undefined): { sizeBytes?: number } {
  return bytes === undefined ? {} : { sizeBytes: bytes }
}
