/** Telegram behind the channel port, through grammY's client of the Bot API. */

import type { Message, Update } from 'grammy/types'
import { Api, InputFile } from 'grammy/web'
import { Fault } from '../../../shared/fault.ts'
import type { Clock } from '../../../shared/std/clock.ts'
import { isRecord } from '../../../shared/std/json.ts'
import type { Secret } from '../../../shared/std/secret.ts'
import { deadline, sleep } from '../../../shared/std/signal.ts'
import type { Address, Channel, Inlet, Outgoing, Piece } from '../channel.ts'
import { splitMarkdown } from '../split-markdown.ts'
import { download } from './download.ts'
import { telegramCall } from './faults.ts'
import { telegramHtml, verbatimHtml } from './html.ts'
import { type Bot, readUpdate } from './read-update.ts'

/** Longest a call may take. */
const callMs = 30_000
/** Files go slower. */
const fileMs = 120_000
/** Longest Telegram holds a poll back when there is nothing to tell. */
const pollSeconds = 30
/** Between two polls that brought nothing at once, as from a server that does not hold them back. */
const emptyPollMs = 250
/** One message a second to one person, twenty a minute to a group. https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this */
const paceMs = { direct: 1_000, group: 3_000 }
const wanted = ['message', 'callback_query'] as const

export type Webhook = {
  readonly url: string
  readonly secret: Secret
  /** Calls that arrive on the port of the gateway, as long as `signal`. */
  accept(take: (body: unknown) => Promise<void>, signal: AbortSignal): void
}

export type TelegramParts = {
  apiRoot: string
  /** Asked before each poll, so that another one counts at once. Throws a `Fault` when there is none. */
  token(): Secret
  textChunkLimit: number
  webhook?: Webhook
  clock: Clock
}

export class Telegram implements Channel {
  readonly #parts: TelegramParts
  #client: { token: string; api: Api } | undefined

  constructor(parts: TelegramParts) {
    this.#parts = parts
  }

  async listen(inlet: Inlet, signal: AbortSignal): Promise<void> {
    const { api, token } = this.#connect()
    const bot = await this.#whoami(api, signal)
    const identity = { id: String(bot.id), name: `@${bot.username}` }
    const take = (updates: readonly Update[]) =>
      inlet.take(updates.map((update) => readUpdate(update, bot)).filter((event) => event !== undefined))
    const { webhook } = this.#parts
    if (webhook) {
      await this.#call((ends) => api.setWebhook(webhook.url, webhookOptions(webhook), ends), signal)
      inlet.connected(identity, 'webhook')
      webhook.accept(async (body) => await take([demandUpdate(body)]), signal)
      return await untilAborted(signal)
    }
    await this.#call((ends) => api.deleteWebhook({ drop_pending_updates: false }, ends), signal)
    inlet.connected(identity, 'polling')
    for (let next: number | undefined; this.#parts.token().reveal() === token; ) {
      next = await this.#poll(api, next, take, signal)
    }
  }

  /** One poll; returns from where the next one goes on, which is how Telegram learns what was taken. */
  async #poll(
    api: Api,
    offset: number | undefined,
    take: (updates: readonly Update[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { clock } = this.#parts
    const from = clock.monotonic()
    const options = { timeout: pollSeconds, allowed_updates: wanted, ...(offset !== undefined && { offset }) }
    const updates = await this.#call((ends) => api.getUpdates(options, ends), signal, (pollSeconds + 15) * 1000)
    if (updates.length === 0) {
      if (clock.monotonic() - from < emptyPollMs) await sleep(clock, emptyPollMs, signal)
      // After a quiet week the numbers begin anew: whatever is not yet taken is then asked for.
      return undefined
    }
    await take(updates)
    return Math.max(...updates.map(({ update_id }) => update_id)) + 1
  }

  async identify(signal: AbortSignal): Promise<{ id: string; name: string }> {
    const { api } = this.#connect()
    const { id, username } = await this.#whoami(api, signal)
    const { webhook } = this.#parts
    if (webhook) {
      const { url = '' } = await this.#call((ends) => api.getWebhookInfo(ends), signal)
      if (url !== webhook.url) throw sentElsewhere(url, webhook.url)
    }
    return { id: String(id), name: `@${username}` }
  }

  /** Telegram would keep calling the address, and whoever polls with the same bot would hear nothing. */
  async leave(signal: AbortSignal): Promise<void> {
    if (!this.#parts.webhook) return
    const { api } = this.#client ?? this.#connect() // the token may be forgotten already
    await this.#call((ends) => api.deleteWebhook({ drop_pending_updates: false }, ends), signal)
  }

  render(markdown: string): readonly Piece[] {
    return splitMarkdown(markdown, this.#parts.textChunkLimit).map((plain) => ({ rich: telegramHtml(plain), plain }))
  }

  renderVerbatim(text: string): readonly Piece[] {
    return pagesOf(text).map((plain) => ({ rich: verbatimHtml(plain), plain }))
  }

  async send(address: Address, message: Outgoing, signal: AbortSignal): Promise<{ messageId: string }> {
    const { api } = this.#connect()
    const { replyTo, buttons } = message
    const where = {
      ...(address.thread !== undefined && { message_thread_id: Number(address.thread) }),
      // The answer matters more than the message it points to, which may be gone.
      ...(replyTo !== undefined && {
        reply_parameters: { message_id: Number(replyTo), allow_sending_without_reply: true },
      }),
      ...(buttons && {
        reply_markup: { inline_keyboard: [buttons.map(({ label, data }) => ({ text: label, callback_data: data }))] },
      }),
    }
    const sent: Message =
      'file' in message
        ? await this.#sendFile(api, address, message.file, where, signal)
        : await formatted(message.piece, (text, format) =>
            this.#call((ends) => api.sendMessage(address.chat, text, { ...where, ...format }, ends), signal),
          )
    return { messageId: String(sent.message_id) }
  }

  async #sendFile(
    api: Api,
    { chat }: Address,
    { name, mimeType, bytes, caption }: Extract<Outgoing, { file: unknown }>['file'],
    where: object,
    signal: AbortSignal,
  ): Promise<Message> {
    const file = new InputFile(bytes, name)
    const options = { ...where, ...(caption !== '' && { caption: caption.slice(0, 1024) }) }
    return /^image\/(jpeg|png|webp)$/.test(mimeType)
      ? await this.#call((ends) => api.sendPhoto(chat, file, options, ends), signal, fileMs)
      : await this.#call((ends) => api.sendDocument(chat, file, options, ends), signal, fileMs)
  }

  async edit({ chat }: Address, messageId: string, piece: Piece, signal: AbortSignal): Promise<void> {
    const { api } = this.#connect()
    await formatted(piece, (text, format) =>
      this.#call((ends) => api.editMessageText(chat, Number(messageId), text, format, ends), signal),
    ).catch((error: unknown) => {
      if (!(error instanceof Fault && /message is not modified/i.test(error.message))) throw error
    })
  }

  async typing({ chat, thread }: Address, signal: AbortSignal): Promise<void> {
    const { api } = this.#connect()
    const where = thread === undefined ? {} : { message_thread_id: Number(thread) }
    await this.#call((ends) => api.sendChatAction(chat, 'typing', where, ends), signal)
  }

  async fetch(
    attachment: Parameters<Channel['fetch']>[0],
    limitBytes: number,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { api, token } = this.#connect()
    const file = await this.#call((ends) => api.getFile(attachment.ref, ends), signal)
    return await download(this.#parts.apiRoot, token, file.file_path, limitBytes, deadline(fileMs, signal))
  }

  async answerPress(pressId: string, text: string, signal: AbortSignal): Promise<void> {
    const { api } = this.#connect()
    await this.#call((ends) => api.answerCallbackQuery(pressId, { text }, ends), signal)
  }

  paceMs({ isGroup }: Address): number {
    return isGroup ? paceMs.group : paceMs.direct
  }

  #connect(): { token: string; api: Api } {
    const token = this.#parts.token().reveal()
    if (this.#client?.token !== token) {
      const apiRoot = this.#parts.apiRoot.replace(/\/+$/, '')
      this.#client = { token, api: new Api(token, { apiRoot, fetch: globalThis.fetch }) }
    }
    return this.#client
  }

  async #whoami(api: Api, signal: AbortSignal): Promise<Bot> {
    return await this.#call((ends) => api.getMe(ends), signal)
  }

  async #call<T>(call: (signal: never) => Promise<T>, signal: AbortSignal, withinMs = callMs): Promise<T> {
    const ends = deadline(withinMs, signal)
    signal.throwIfAborted()
    // grammY's types name the AbortSignal of a package; it is the one of the platform.
    return await telegramCall(call(ends as never), ends)
  }
}

/** Of a text that is shown sign by sign; a message holds 4096. */
const pageUnits = 3600

function pagesOf(text: string): string[] {
  const pages: string[] = []
  for (let rest = text; rest !== ''; rest = rest.slice(pages.at(-1)?.length)) {
    const isCutInTwo = rest.length > pageUnits && /[\ud800-\udbff]$/.test(rest.slice(0, pageUnits))
    pages.push(rest.slice(0, isCutInTwo ? pageUnits - 1 : pageUnits))
  }
  return pages
}

type Format = { parse_mode?: 'HTML'; link_preview_options?: { is_disabled: boolean } }

/** As HTML, and as plain text where Telegram does not take that. */
async function formatted<T>({ rich, plain }: Piece, put: (text: string, format: Format) => Promise<T>): Promise<T> {
  const quiet = { link_preview_options: { is_disabled: true } }
  try {
    return await put(rich, { parse_mode: 'HTML', ...quiet })
  } catch (error) {
    const isFormat = error instanceof Fault && /can't parse entities|message text is empty/i.test(error.message)
    if (!isFormat) throw error
    return await put(plain, quiet)
  }
}

function webhookOptions({ secret }: Webhook) {
  return { secret_token: secret.reveal(), allowed_updates: wanted, drop_pending_updates: false }
}

/** Another program set it with the same token, or somebody by hand. */
function sentElsewhere(there: string, ours: string): Fault {
  const whither = there === '' ? 'nowhere' : `to ${there}`
  return new Fault('channel.refused', `Telegram sends what people write ${whither}, and not to ${ours}`, {
    remedy: 'End what else uses this bot; then clawdbot gateway restart takes it back.',
  })
}

function demandUpdate(body: unknown): Update {
  if (isRecord(body) && Number.isInteger(body.update_id)) return body as unknown as Update
  throw new Fault('usage.invalid', 'That is no update')
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
