/** FAKE chat service behind the channel port: people, chats and troubles in memory. It passes the contract of the port. */

import type { Channel, ChannelEvent, Inlet, Outgoing } from '../../src/server/channels/channel.ts'
import { defineChannel } from '../../src/server/channels/kind.ts'
import { splitMarkdown } from '../../src/server/channels/split-markdown.ts'
import { Fault } from '../../src/shared/fault.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import type { OpenService, Fault as Trouble } from '../contract/channel.ts'

const faults: Record<Exclude<Trouble, 'answer lost'>, () => Fault> = {
  refused: () => new Fault('channel.refused', 'blocked'),
  unavailable: () => new Fault('channel.unavailable', 'not there', { retryable: true }),
  unauthorized: () => new Fault('channel.unauthorized', 'the token is not known'),
  conflict: () => new Fault('channel.conflict', 'Another program listens', { retryable: true }),
  'throttled 3 s': () => new Fault('channel.throttled', 'slowly', { retryable: true, retryAfterMs: 3000 }),
}

class MemoryService {
  readonly troubles = { listen: [] as Trouble[], send: [] as Trouble[] }
  readonly sent: { id: string; chat: string; text: string }[] = []
  sendings = 0
  #events: ChannelEvent[] = []
  #last: ChannelEvent | undefined
  #count = 0
  readonly #watchers = new Set<() => void>()

  tell(event: (eventId: string) => ChannelEvent): void {
    this.#last = event(`1:${++this.#count}`)
    this.tellAgain()
  }

  tellAgain(): void {
    if (this.#last) this.#events.push(this.#last)
    this.wake()
  }

  /** What nobody has taken yet; taken once `take` resolves. */
  async listen({ connected, take }: Inlet, signal: AbortSignal): Promise<void> {
    connected({ id: '1', name: '@memory' }, 'polling')
    this.wake()
    for (;;) {
      const trouble = this.troubles.listen.shift()
      if (trouble) throw this.#fault(trouble)
      const events = [...this.#events]
      if (events.length > 0) await take(events)
      signal.throwIfAborted()
      this.#events = this.#events.slice(events.length)
      if (this.#events.length === 0) await this.#woken(signal)
    }
  }

  put(chat: string, message: Outgoing): { messageId: string } {
    this.sendings++
    const trouble = this.troubles.send.shift()
    const text = 'file' in message ? message.file.caption : message.piece.plain
    if (trouble && trouble !== 'answer lost') throw this.#fault(trouble)
    this.sent.push({ id: String(this.sent.length + 1), chat, text })
    this.wake()
    if (trouble) throw faults.unavailable()
    return { messageId: String(this.sent.length) }
  }

  wake(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }

  async until<T>(find: () => T | undefined | false): Promise<T> {
    const late = AbortSignal.timeout(8_000)
    for (;;) {
      const found = find()
      if (found !== undefined && found !== false) return found
      await this.#woken(late)
    }
  }

  #fault(trouble: Trouble): Fault {
    return faults[trouble === 'answer lost' ? 'unavailable' : trouble]()
  }

  /** Also woken every few milliseconds: what the gateway keeps for itself makes no sound. */
  #woken(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => done(), 5)
      const onAbort = () => done(signal.reason)
      const done = (error?: unknown) => {
        clearTimeout(timer)
        this.#watchers.delete(wake)
        signal.removeEventListener('abort', onAbort)
        if (error === undefined) resolve()
        else reject(error)
      }
      const wake = () => done()
      this.#watchers.add(wake)
      signal.addEventListener('abort', onAbort, { once: true })
      if (signal.aborted) onAbort()
    })
  }
}

export async function memoryService(): Promise<OpenService> {
  const service = new MemoryService()
  const channel: Channel = {
    listen: (inlet, signal) => service.listen(inlet, signal),
    identify: async () => ({ id: '1', name: '@memory' }),
    render: (markdown) => splitMarkdown(markdown, 4000).map((plain) => ({ rich: plain, plain })),
    renderVerbatim: (text) => [{ rich: text, plain: text }],
    send: async ({ chat }, message) => service.put(chat, message),
    async edit(_, messageId, { plain }) {
      const message = service.sent.find(({ id }) => id === messageId)
      if (!message) throw faults.refused()
      message.text = plain
      service.wake()
    },
    typing: async () => {},
    fetch: async () => new Uint8Array(),
    answerPress: async () => {},
    paceMs: () => 1000,
  }
  return {
    kind: defineChannel({
      ...{ id: 'telegram', label: 'Memory', detailLabel: 'Memory', image: 'none' },
      settings: ({ channels }) => channels.telegram,
      setup: ({ channels: { telegram } }) =>
        telegram && {
          isEnabled: telegram.enabled,
          policy: telegram,
          replyToMode: 'off',
          isStreaming: true,
          mediaLimitBytes: 1e6,
          approvers: [],
          token: () => ({ secret: new Secret('none'), source: 'config' }),
          open: async () => channel,
        },
    }),
    channels: { telegram: { allowFrom: [1001] } },
    say(text, { from = 1001, name = 'Ada', username, group, isMention = group === undefined } = {}) {
      service.tell((eventId) => ({
        kind: 'message',
        eventId,
        address: { chat: String(group ?? from), isGroup: group !== undefined },
        sender: { id: String(from), name: name.replace(/\p{Cf}/gu, ''), ...(username !== undefined && { username }) },
        messageId: eventId,
        text,
        isMention,
        attachments: [],
      }))
    },
    sayAgain: () => service.tellAgain(),
    texts: (chat) => service.sent.filter((one) => one.chat === String(chat)).map(({ text }) => text),
    fail(what, ...troubles) {
      service.troubles[what].push(...troubles)
      service.wake()
    },
    sendings: () => service.sendings,
    until: (find) => service.until(find),
    async [Symbol.asyncDispose]() {},
  }
}
