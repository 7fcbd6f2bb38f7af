/** When a chat may be written to again: services count messages per chat and in all, and punish who does not. */

import type { Clock } from '../../shared/std/clock.ts'
import { sleep } from '../../shared/std/signal.ts'

/** Between any two messages: Telegram allows about 30 a second. https://core.telegram.org/bots/faq#broadcasting-to-users */
const betweenAnyMs = 35
/** Chats remembered; those whose time has come are forgotten first. */
const maxChats = 1000

export class Pace {
  readonly #clock: Clock
  /** When each chat may be written to again, in monotonic milliseconds. */
  readonly #freeAt = new Map<string, number>()
  #anyFreeAt = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Resolves when it is this caller's turn, which then counts as used. */
  async turn(chat: string, everyMs: number, signal: AbortSignal): Promise<void> {
    const now = this.#clock.monotonic()
    const at = Math.max(now, this.#anyFreeAt, this.#freeAt.get(chat) ?? 0)
    this.#anyFreeAt = Math.max(now, this.#anyFreeAt) + betweenAnyMs
    this.#forgetPast(now)
    this.#freeAt.set(chat, at + everyMs)
    if (at > now) await sleep(this.#clock, at - now, signal)
    else signal.throwIfAborted()
  }

  /** The service asked to be left alone in this chat. */
  hold(chat: string, forMs: number): void {
    const until = this.#clock.monotonic() + forMs
    this.#freeAt.set(chat, Math.max(until, this.#freeAt.get(chat) ?? 0))
  }

  #forgetPast(now: number): void {
    if (this.#freeAt.size < maxChats) return
    for (const [chat, at] of this.#freeAt) if (at <= now) this.#freeAt.delete(chat)
  }
}
