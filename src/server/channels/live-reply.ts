/** An answer shown while it is written: its beginning soon, then the same message written anew as often as the service allows. */

import { Fault } from '../../shared/fault.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { sleep } from '../../shared/std/signal.ts'
import type { Address, Channel } from './channel.ts'
import type { Pace } from './pace.ts'

/** Answers that are whole by then need no editing. */
const firstMs = 800
/** The service shows "typing" for about five seconds. https://core.telegram.org/bots/api#sendchataction */
const typingMs = 4_500

export type LiveReplyParts = {
  channel: Channel
  address: Address
  pace: Pace
  clock: Clock
  /** The text as it grows, only that somebody types, or neither. */
  shows: 'text' | 'typing' | 'nothing'
  /** Messages that an earlier gateway began. */
  shown: readonly string[]
  replyTo?: string
  onShown(messageIds: readonly string[]): void
  signal: AbortSignal
}

export class LiveReply {
  readonly #parts: LiveReplyParts
  readonly #ending = new AbortController()
  readonly #ids: string[]
  readonly #drawn: string[] = []
  #text = ''
  #isDirty = false
  #work: Promise<void> | undefined
  readonly #typing: Promise<void>

  constructor(parts: LiveReplyParts) {
    this.#parts = parts
    this.#ids = [...parts.shown]
    const typing = parts.shows === 'nothing' ? Promise.resolve() : this.#type()
    this.#typing = typing.catch(() => {}) // a courtesy; what is wrong shows when something is said
  }

  /** More of the answer. */
  add(piece: string): void {
    this.#text += piece
    if (this.#parts.shows !== 'text' || this.#ending.signal.aborted) return
    this.#isDirty = true
    this.#work ??= this.#show().catch(() => this.#ending.abort()) // the whole answer comes through the outbox anyway
  }

  /** Shows nothing more; resolves with the messages there are when nothing is under way. */
  async close(): Promise<readonly string[]> {
    this.#ending.abort()
    await Promise.all([this.#work, this.#typing])
    return this.#ids
  }

  get #signal(): AbortSignal {
    return AbortSignal.any([this.#ending.signal, this.#parts.signal])
  }

  async #show(): Promise<void> {
    const { channel, address, pace, clock } = this.#parts
    const signal = this.#signal
    await sleep(clock, firstMs, signal)
    for (;;) {
      if (!this.#isDirty) {
        this.#work = undefined
        return
      }
      this.#isDirty = false
      await pace.turn(address.chat, channel.paceMs(address), signal)
      try {
        await this.#draw()
      } catch (error) {
        if (!(error instanceof Fault) || error.retryAfterMs === undefined) throw error
        pace.hold(address.chat, error.retryAfterMs)
        this.#isDirty = true
      }
    }
  }

  /** One message sent or written anew. What is under way is ended by the gateway's end only, so that its id is known. */
  async #draw(): Promise<void> {
    const { channel, address, replyTo, onShown, signal } = this.#parts
    const pieces = channel.render(this.#text)
    const at = pieces.findIndex(({ rich }, index) => this.#drawn[index] !== rich)
    const piece = pieces[at]
    if (piece === undefined) return
    const id = this.#ids[at]
    if (id === undefined) {
      const pointer = replyTo === undefined || at > 0 ? {} : { replyTo }
      const { messageId } = await channel.send(address, { piece, ...pointer }, signal)
      this.#ids.push(messageId)
      onShown(this.#ids)
    } else await channel.edit(address, id, piece, signal)
    this.#drawn[at] = piece.rich
    if (at < pieces.length - 1) this.#isDirty = true
  }

  async #type(): Promise<void> {
    const { channel, address, clock } = this.#parts
    const signal = this.#signal
    while (this.#ids.length === 0) {
      await channel.typing(address, signal)
      await sleep(clock, typingMs, signal)
    }
  }
}
