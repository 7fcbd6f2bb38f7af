/** Carries letters from the outbox to the service: in order per chat, again after what may pass, never again after a final no. */

import { errorText, Fault } from '../../shared/fault.ts'
import { backoffDelayMs } from '../../shared/std/backoff.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { sleep } from '../../shared/std/signal.ts'
import type { Channel, Outgoing, Piece } from './channel.ts'
import type { Outbox, WaitingLetter } from './outbox.ts'
import type { Pace } from './pace.ts'

const backoff = { baseMs: 1_000, capMs: 60_000 }
/** A refused token is tried again this late; a new one in the settings begins anew at once. */
const unauthorizedMs = 60_000
/** An answer this late helps nobody. */
const tooOldMs = 24 * 3_600_000

export type CourierParts = {
  channel: Channel
  outbox: Outbox
  pace: Pace
  clock: Clock
  random(): number
  /** Which pieces of a letter point to what it answers. */
  replyToMode(): 'off' | 'first' | 'all'
  onSent(): void
  onFailed(letter: WaitingLetter, reason: string): void
  onBug(error: unknown): void
  signal: AbortSignal
}

export class Courier {
  readonly #parts: CourierParts
  readonly #lanes = new Map<string, Promise<void>>()
  readonly #waiters = new Set<() => void>()

  constructor(parts: CourierParts) {
    this.#parts = parts
  }

  /** Something was put into the outbox. */
  poke(): void {
    if (this.#parts.signal.aborted) return
    for (const chat of this.#parts.outbox.chats()) {
      if (this.#lanes.has(chat)) continue
      const lane = this.#work(chat).catch((error: unknown) => {
        if (!this.#parts.signal.aborted) this.#parts.onBug(error)
      })
      this.#lanes.set(chat, lane)
      // What was put while the lane was ending is found by looking again.
      void lane.then(() => {
        this.#lanes.delete(chat)
        if (this.#parts.outbox.next(chat) !== undefined) this.poke()
      }, this.#parts.onBug)
    }
  }

  /** Resolves when the letter went out or never will. */
  async settled(key: string, signal: AbortSignal): Promise<void> {
    while (this.#parts.outbox.find(key)?.state === 'waiting') {
      signal.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const onAbort = () => reject(signal.reason)
      this.#waiters.add(resolve)
      signal.addEventListener('abort', onAbort, { once: true })
      await promise.finally(() => {
        this.#waiters.delete(resolve)
        signal.removeEventListener('abort', onAbort)
      })
    }
  }

  /** Resolves when nothing is under way any more; `signal` has to have ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#lanes.values())
  }

  async #work(chat: string): Promise<void> {
    const { outbox, signal } = this.#parts
    for (let letter = outbox.next(chat); letter !== undefined && !signal.aborted; letter = outbox.next(chat)) {
      await this.#carry(letter)
      for (const wake of this.#waiters) wake()
    }
  }

  async #carry(letter: WaitingLetter): Promise<void> {
    const { outbox, clock, signal, onFailed, onSent, onBug } = this.#parts
    const giveUp = (reason: string) => {
      outbox.failed(letter.id, reason)
      onFailed(letter, reason)
    }
    for (let attempt = 0, from = letter.delivered; ; attempt++) {
      try {
        await this.#deliver(letter, from, (next) => (from = next))
        outbox.sent(letter.id)
        onSent()
        return
      } catch (error) {
        if (signal.aborted) throw signal.reason
        if (!(error instanceof Fault)) onBug(error)
        if (!(error instanceof Fault) || error.code === 'channel.refused') return giveUp(errorText(error))
        if (clock.now() - letter.createdAt > tooOldMs) return giveUp(`not delivered within a day: ${error.message}`)
        await sleep(clock, this.#delayMs(error, attempt), signal)
      }
    }
  }

  #delayMs({ code, retryAfterMs }: Fault, attempt: number): number {
    if (retryAfterMs !== undefined) return retryAfterMs
    return code === 'channel.unauthorized' ? unauthorizedMs : backoffDelayMs(backoff, attempt, this.#parts.random())
  }

  async #deliver(letter: WaitingLetter, from: number, onPiece: (next: number) => void): Promise<void> {
    const { channel, pace, outbox, signal } = this.#parts
    const { address, text, file, shown = [] } = letter
    const messages: Content[] = file
      ? [{ file: { ...file, caption: text } }]
      : channel.render(text).map((piece) => ({ piece }))
    for (const [index, message] of messages.entries()) {
      if (index < from) continue
      await pace.turn(address.chat, channel.paceMs(address), signal)
      const messageId = await this.#put(letter, { ...message, ...this.#pointer(letter, index) }, shown[index])
      outbox.noteDelivered(letter.id, index + 1, messageId)
      onPiece(index + 1)
    }
  }

  /** Into the message that shows it already, if that is still there; else as a new one. */
  async #put(letter: WaitingLetter, message: Outgoing, shown: string | undefined): Promise<string> {
    const { channel, signal } = this.#parts
    if (shown !== undefined && 'piece' in message) {
      const isThere = await this.#rewrite(letter, shown, message.piece)
      if (isThere) return shown
    }
    return (await channel.send(letter.address, message, signal)).messageId
  }

  async #rewrite({ address }: WaitingLetter, messageId: string, piece: Piece): Promise<boolean> {
    try {
      await this.#parts.channel.edit(address, messageId, piece, this.#parts.signal)
      return true
    } catch (error) {
      if (error instanceof Fault && error.code === 'channel.refused') return false
      throw error
    }
  }

  #pointer({ replyTo }: WaitingLetter, index: number): { replyTo?: string } {
    const mode = this.#parts.replyToMode()
    return replyTo === undefined || mode === 'off' || (mode === 'first' && index > 0) ? {} : { replyTo }
  }
}

type Content = { piece: Piece } | { file: NonNullable<WaitingLetter['file']> & { caption: string } }
