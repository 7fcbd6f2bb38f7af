/** A stand-in of the Bot API with the limits of the real one, people who write, and faults on demand. https://core.telegram.org/bots/api */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { formFields } from './form.ts'
import { visibleText } from './visible.ts'

export const botToken = '4242:AAF-stand-in-token_for_tests'
const bot = { id: 4242, is_bot: true, first_name: 'Claw', username: 'claw_bot' }

type Json = Record<string, unknown>

/** What a method answers instead of doing its work; `cut` ends the connection without an answer, `drop` after the work was done. */
export type Trouble = { code: number; description: string; retryAfter?: number } | 'cut' | 'drop' | 'html'

export type SentMessage = {
  id: number
  chat: string
  thread?: string
  /** As people see it, without tags. */
  text: string
  /** As it was sent. */
  raw: string
  replyTo?: number
  buttons: { text: string; data: string }[]
  file?: { name: string; bytes: Buffer; kind: 'photo' | 'document' }
  /** How often it was written anew. */
  edits: number
}

export type Call = { method: string; params: Json; at: number }

export class BotApi implements AsyncDisposable {
  readonly #server: Server
  readonly #troubles = new Map<string, Trouble[]>()
  readonly #watchers = new Set<() => void>()
  readonly #files = new Map<string, Buffer>()
  readonly calls: Call[] = []
  readonly messages: SentMessage[] = []
  readonly presses: { id: string; text: string }[] = []
  #updates: Json[] = []
  #last: Json = {}
  #nextUpdate = 7000
  #nextId = 100
  webhook: { url: string; secret: string } | undefined

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(port = 0): Promise<BotApi> {
    const server = createServer()
    const api = new BotApi(server)
    server.on('request', (request, response) => void api.#answer(request, response))
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return api
  }

  get root(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The next calls of that method end so, one after the other. */
  fail(method: string, ...troubles: Trouble[]): void {
    this.#troubles.set(method, [...(this.#troubles.get(method) ?? []), ...troubles])
  }

  /** Somebody writes. Returns the number of the message. */
  say(
    text: string,
    more: { from?: number | undefined; name?: string; username?: string; chat?: number; message?: Json } = {},
  ): number {
    const { from = 1001, name = 'Ada', username, chat = from, message = {} } = more
    const id = this.#nextId++
    const type = chat < 0 ? { type: 'supergroup', title: 'Friends' } : { type: 'private', first_name: name }
    this.update({
      message: {
        message_id: id,
        date: 1,
        chat: { id: chat, ...type },
        from: { id: from, is_bot: false, first_name: name, ...(username !== undefined && { username }) },
        ...(text !== '' && { text }),
        ...message,
      },
    })
    return id
  }

  /** Somebody presses a button. */
  press(message: SentMessage, data: string, from = 1001): void {
    this.update({
      callback_query: {
        id: `press-${this.#nextId++}`,
        from: { id: from, is_bot: false, first_name: 'Ada' },
        chat_instance: '1',
        data,
        message: {
          message_id: message.id,
          date: 1,
          chat: { id: Number(message.chat), type: 'private' },
          text: message.text,
        },
      },
    })
  }

  /** Tells a bot that listens. */
  update(update: Json): void {
    this.#last = { update_id: ++this.#nextUpdate, ...update }
    this.#updates.push(this.#last)
    this.#wake()
  }

  /** Tells what was told last once more, under the same number. */
  sayAgain(): void {
    this.#updates.push(this.#last)
    this.#wake()
  }

  /** Everything under way ends without an answer, as when a network goes away. */
  cut(): void {
    this.#server.closeAllConnections()
  }

  /** A file that `getFile` knows. */
  putFile(id: string, bytes: Buffer): void {
    this.#files.set(id, bytes)
  }

  /** Messages in a chat, as people see them now. */
  texts(chat: number): string[] {
    return this.messages.filter((message) => message.chat === String(chat)).map(({ text }) => text)
  }

  called(method: string): Call[] {
    return this.calls.filter((call) => call.method === method)
  }

  /** Resolves with the first thing `find` gives after some call; rejects after `withinMs`. */
  async until<T>(find: () => T | undefined | false, withinMs = 8_000): Promise<T> {
    const late = AbortSignal.timeout(withinMs)
    for (;;) {
      const found = find()
      if (found !== undefined && found !== false) return found
      if (late.aborted)
        throw new Error(`it did not come about; calls: ${this.calls.map(({ method }) => method).join(' ')}`)
      await new Promise<void>((resolve) => {
        const go = () => {
          this.#watchers.delete(go)
          late.removeEventListener('abort', go)
          resolve()
        }
        this.#watchers.add(go)
        late.addEventListener('abort', go)
      })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #wake(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const [, token, method = ''] = /^\/(?:file\/)?bot([^/]+)\/(.*)$/.exec(request.url ?? '') ?? []
    if (request.url?.startsWith('/file/')) return void this.#sendFile(response, method)
    const params = formFields(request.headers['content-type'] ?? '', Buffer.concat(chunks))
    this.calls.push({ method, params, at: performance.now() })
    this.#wake()
    const trouble = this.#troubles.get(method)?.shift()
    if (trouble === 'cut') return void response.destroy()
    if (trouble === 'html')
      return void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>')
    const result =
      trouble && trouble !== 'drop'
        ? trouble
        : token === botToken
          ? await this.#do(method, params, response)
          : unauthorized
    this.#wake()
    if (trouble === 'drop') return void response.destroy()
    if (isTrouble(result)) {
      const { code, description, retryAfter } = result
      const parameters = retryAfter === undefined ? {} : { parameters: { retry_after: retryAfter } }
      response.writeHead(code, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ ok: false, error_code: code, description, ...parameters }))
    } else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: true, result }))
  }

  async #do(method: string, params: Json, response: ServerResponse): Promise<unknown> {
    switch (method) {
      case 'getMe':
        return bot
      case 'getUpdates':
        return await this.#poll(params, response)
      case 'setWebhook':
        this.webhook = { url: String(params.url), secret: String(params.secret_token) }
        return true
      case 'getWebhookInfo':
        return { url: this.webhook?.url ?? '', has_custom_certificate: false, pending_update_count: 0 }
      case 'deleteWebhook':
        this.webhook = undefined
        return true
      case 'sendChatAction':
        return true
      case 'answerCallbackQuery':
        this.presses.push({ id: String(params.callback_query_id), text: String(params.text ?? '') })
        return true
      case 'sendMessage':
        return this.#send(params, String(params.text))
      case 'sendPhoto':
      case 'sendDocument':
        return this.#send(params, String(params.caption ?? ''), method === 'sendPhoto' ? 'photo' : 'document')
      case 'editMessageText':
        return this.#edit(params)
      case 'getFile':
        return this.#files.has(String(params.file_id))
          ? { file_id: params.file_id, file_unique_id: 'u', file_path: `documents/${params.file_id}` }
          : { code: 400, description: 'Bad Request: invalid file_id' }
      default:
        return { code: 404, description: `Not Found: ${method}` }
    }
  }

  async #poll({ offset, timeout }: Json, response: ServerResponse): Promise<unknown> {
    if (this.webhook) return { code: 409, description: "Conflict: can't use getUpdates method while webhook is active" }
    this.#updates = this.#updates.filter(({ update_id }) => offset === undefined || Number(update_id) >= Number(offset))
    const isOver = () => this.#updates.length > 0 || response.destroyed
    await this.until(isOver, Number(timeout) * 1000).catch(() => {}) // nothing came
    return this.#updates
  }

  #send(params: Json, raw: string, kind?: 'photo' | 'document'): unknown {
    const text = visibleText(raw, params.parse_mode)
    if (typeof text !== 'string') return text
    const limit = kind ? 1024 : 4096
    if (text.length > limit) return { code: 400, description: 'Bad Request: message is too long' }
    if (text === '' && !kind) return { code: 400, description: 'Bad Request: message text is empty' }
    const reply = (params.reply_parameters as { message_id?: number } | undefined)?.message_id
    const file = params[kind ?? ''] as { name: string; bytes: Buffer } | undefined
    const message: SentMessage = {
      id: this.#nextId++,
      chat: String(params.chat_id),
      ...(params.message_thread_id !== undefined && { thread: String(params.message_thread_id) }),
      text,
      raw,
      ...(reply !== undefined && { replyTo: reply }),
      buttons: buttonsOf(params),
      edits: 0,
      ...(kind && file && { file: { ...file, kind } }),
    }
    this.messages.push(message)
    return { message_id: message.id, date: 1, chat: { id: Number(message.chat), type: 'private' }, text }
  }

  #edit(params: Json): unknown {
    const message = this.messages.find(({ id }) => id === Number(params.message_id))
    if (!message) return { code: 400, description: 'Bad Request: message to edit not found' }
    const raw = String(params.text)
    const text = visibleText(raw, params.parse_mode)
    if (typeof text !== 'string') return text
    if (text.length > 4096) return { code: 400, description: 'Bad Request: message is too long' }
    if (message.raw === raw) return { code: 400, description: 'Bad Request: message is not modified' }
    Object.assign(message, { text, raw, buttons: buttonsOf(params), edits: message.edits + 1 })
    return true
  }

  #sendFile(response: ServerResponse, path: string): void {
    const bytes = this.#files.get(path.replace(/^documents\//, ''))
    if (bytes) response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes)
    else response.writeHead(404).end()
  }
}

const unauthorized: Trouble = { code: 401, description: 'Unauthorized' }

function isTrouble(value: unknown): value is { code: number; description: string; retryAfter?: number } {
  return typeof value === 'object' && value !== null && 'code' in value && 'description' in value
}

function buttonsOf({ reply_markup }: Json): SentMessage['buttons'] {
  const rows =
    (reply_markup as { inline_keyboard?: { text: string; callback_data: string }[][] } | undefined)?.inline_keyboard ??
    []
  return rows.flat().map(({ text, callback_data }) => ({ text, data: callback_data }))
}
