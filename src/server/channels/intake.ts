/** From what came in to an answer in the outbox: who may, which session, then the same path as a message from a terminal (EX9). */

import { errorText, Fault } from '../../shared/fault.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Bus } from '../bus.ts'
import { createLanes } from '../sessions/lanes.ts'
import type { Database } from '../storage/database.ts'
import type { Channel, ChannelDelivery, ChannelMessage, ChannelPress } from './channel.ts'
import type { Conversation, SaidBy } from './conversation.ts'
import { admit } from './gate.ts'
import type { Inbox, OpenEvent } from './inbox.ts'
import type { Setup } from './kind.ts'
import { LiveReply } from './live-reply.ts'
import { takeAttachments } from './media.ts'
import type { Letter, Outbox } from './outbox.ts'
import type { Pace } from './pace.ts'
import type { Senders, WaitingSender } from './senders.ts'
import { type DmScope, sessionOf } from './session-of.ts'
import { answerText, askToPair, internalText, isLost, stoppedText } from './words.ts'

export type IntakeParts = {
  id: string
  channel: Channel
  setup: Setup
  db: Database
  inbox: Inbox
  outbox: Outbox
  senders: Senders
  conversation: Conversation
  pace: Pace
  bus: Bus
  clock: Clock
  sessions(): { agentId: string; dmScope: DmScope }
  /** Something waits in the outbox. */
  poke(): void
  /** Who may answer for commands, as the settings say it now. */
  approvers(): readonly string[]
  onPress(press: ChannelPress): Promise<void>
  onAsked(asking: WaitingSender): void
  onIgnored(message: ChannelMessage, why: string): void
  onBug(error: unknown): void
  signal: AbortSignal
}

/** A message under way: its run and what is shown of it. */
type Begun = { runId: string; live: LiveReply }

export class Intake implements Disposable {
  readonly #parts: IntakeParts
  readonly #lanes = createLanes()
  readonly #live = new Map<string, LiveReply>()
  readonly #unsubscribe: () => void

  constructor(parts: IntakeParts) {
    this.#parts = parts
    this.#unsubscribe = parts.bus.subscribe((news) => {
      if (news.type === 'run.text') this.#live.get(news.run.runId)?.add(news.text)
    })
  }

  /** What was left open is dealt with when it is told again. */
  hear(events: readonly OpenEvent[]): void {
    for (const open of events) {
      this.#deal(open).catch((error: unknown) => {
        if (!this.#parts.signal.aborted) this.#parts.onBug(error)
      })
    }
  }

  [Symbol.dispose](): void {
    this.#unsubscribe()
  }

  async #deal(open: OpenEvent): Promise<void> {
    const { event } = open
    try {
      if (event.kind === 'press') {
        await this.#parts.onPress(event)
        this.#settle(open)
      } else if (event.kind === 'delivery') await this.#deliver(open, event)
      else await this.#answer(open, event)
    } catch (error) {
      if (this.#parts.signal.aborted) return
      if (!(error instanceof Fault)) this.#parts.onBug(error)
      this.#settle(open, error instanceof Fault ? faultText(error) : internalText)
    }
  }

  async #answer(open: OpenEvent, message: ChannelMessage): Promise<void> {
    const { setup, senders, signal, onIgnored } = this.#parts
    const verdict = admit(setup.policy, message, senders.isApproved)
    if (verdict.kind === 'ignored') {
      onIgnored(message, verdict.why)
      return this.#settle(open)
    }
    if (verdict.kind === 'asks') return this.#ask(open, message)
    const { chat, thread } = message.address
    for (let attempt = 0; ; attempt++) {
      // What one person says is said in order; what it leads to takes its time beside it.
      const begun = await this.#lanes.enqueue(
        `${chat} ${thread ?? ''}`,
        () => this.#begin(open, message, attempt),
        signal,
      )
      if (begun === undefined || (await this.#finish(open, begun, attempt === 0))) return
    }
  }

  /** A stranger is told a code once; what they wrote is not kept. */
  #ask(open: OpenEvent, { sender, address }: ChannelMessage): void {
    const { senders, id, onAsked } = this.#parts
    const asking = sender && senders.ask({ ...sender, chat: address.chat })
    if (asking) onAsked(asking)
    this.#settle(open, asking && askToPair(id, asking))
  }

  /** Undefined when it has been dealt with altogether. */
  async #begin(open: OpenEvent, given: ChannelMessage, attempt: number): Promise<Begun | undefined> {
    const { conversation, sessions, signal, setup, id, channel } = this.#parts
    const words = conversation.wordsOfNew(given.text)
    const message = words === undefined ? given : { ...given, text: words }
    const sender = message.sender as NonNullable<ChannelMessage['sender']>
    const { key, origin } = sessionOf(id, message, sessions())
    const by: SaidBy = { channel: id, person: sender, isApprover: this.#parts.approvers().includes(sender.id) }
    const keep = (name: string, bytes: Uint8Array) => conversation.keepFile(key, `${message.messageId}-${name}`, bytes)
    const taken = await takeAttachments(
      { channel, limitBytes: setup.mediaLimitBytes, clock: this.#parts.clock, keep, signal },
      message.attachments,
    )
    if (taken.refusals.length > 0) {
      this.#put({ key: `refusal:${id}:${message.eventId}`, text: taken.refusals.join('\n') }, message)
      this.#parts.poke()
    }
    const isCommand = conversation.isCommand(message.text)
    const text = isCommand ? message.text : wholeText(message, taken.notes)
    const runId = `${id}:${message.eventId}${attempt === 0 ? '' : ':again'}`
    conversation.setOrigin(key, origin)
    if (words !== undefined) {
      await conversation.beginAnew({ sessionKey: key, runId: `${id}:${message.eventId}:new` }, by, signal)
    }
    const live = this.#openLive(open, message, isCommand)
    this.#live.set(runId, live)
    try {
      const answer = await conversation.say({ sessionKey: key, text, images: taken.images, runId }, by, signal)
      if (answer.kind === 'run') return { runId, live }
      await this.#closeLive(runId, live)
      this.#settle(open, stoppedText(answer.count))
      return undefined
    } catch (error) {
      await this.#closeLive(runId, live)
      throw error
    }
  }

  /** False when the gateway had ended before anything came of it, and it is worth another try. */
  async #finish(open: OpenEvent, { runId, live }: Begun, mayTryAgain: boolean): Promise<boolean> {
    const { conversation, signal } = this.#parts
    const outcome = await conversation.outcome(runId, signal)
    const shown = await this.#closeLive(runId, live)
    signal.throwIfAborted()
    if (!outcome) throw new Fault('channel.refused', internalText)
    const { record, text, hasActed } = outcome
    if (mayTryAgain && isLost(record.status, record.stopReason) && text === '' && !hasActed) return false
    this.#settle(open, answerText(text, record), shown)
    return true
  }

  async #deliver(open: OpenEvent, { runId }: ChannelDelivery): Promise<void> {
    const outcome = await this.#parts.conversation.outcome(runId, this.#parts.signal)
    this.#settle(open, outcome && answerText(outcome.text, outcome.record))
  }

  /** The answer and the end of the event are one commit: it is answered once, whenever the gateway dies. */
  #settle({ id, event }: OpenEvent, text = '', shown: readonly string[] = []): void {
    const { db, inbox } = this.#parts
    db.write(() => {
      if (text !== '') this.#put({ key: `answer:${this.#parts.id}:${event.eventId}`, text, shown }, event)
      inbox.done(id)
    })
    if (text !== '') db.synced().then(this.#parts.poke, this.#parts.onBug)
  }

  #put(letter: Pick<Letter, 'key' | 'text' | 'shown'>, event: OpenEvent['event']): void {
    this.#parts.outbox.put({ ...letter, address: event.address, ...pointerTo(event) })
  }

  #openLive(open: OpenEvent, message: ChannelMessage, isCommand: boolean): LiveReply {
    const { channel, pace, clock, setup, inbox, signal } = this.#parts
    return new LiveReply({
      channel,
      address: message.address,
      pace,
      clock,
      shows: isCommand ? 'nothing' : setup.isStreaming ? 'text' : 'typing',
      shown: open.shown,
      onShown: (ids) => inbox.noteShown(open.id, ids),
      ...(setup.replyToMode === 'off' ? {} : pointerTo(message)),
      signal,
    })
  }

  async #closeLive(runId: string, live: LiveReply): Promise<readonly string[]> {
    this.#live.delete(runId)
    return await live.close()
  }
}

/** In a chat of two it is plain what an answer answers. */
function pointerTo(event: OpenEvent['event']): { replyTo?: string } {
  return event.kind === 'message' && event.address.isGroup ? { replyTo: event.messageId } : {}
}

/** Longest part of a quoted message that is repeated. */
const longestQuote = 500

function wholeText({ text, sender, quoted, address }: ChannelMessage, notes: readonly string[]): string {
  const quote = quoted === undefined ? '' : `> ${quoted.slice(0, longestQuote).replaceAll('\n', '\n> ')}\n\n`
  const body = [text.trim(), ...notes].filter((line) => line !== '').join('\n\n')
  // Several people share the session of a group.
  return `${quote}${address.isGroup ? `${sender?.name}: ` : ''}${body}`
}

function faultText(fault: Fault): string {
  return `⚠️ ${errorText(fault)}${fault.remedy ? ` ${fault.remedy}` : ''}`
}
