/** One account at work: listening, taking in, answering. Ending it ends all of that; what is not done stays on disk. */

import type { Clock } from '../../shared/std/clock.ts'
import type { Bus } from '../bus.ts'
import type { Database } from '../storage/database.ts'
import type { Approvals } from '../tools/exec/approvals.ts'
import { ApprovalButtons } from './approval-buttons.ts'
import type { ChannelDelivery, Identity } from './channel.ts'
import type { Conversation } from './conversation.ts'
import { Courier } from './courier.ts'
import { openInbox } from './inbox.ts'
import { Intake } from './intake.ts'
import type { ChannelKind, Setup } from './kind.ts'
import { type ListeningState, startListening } from './listening.ts'
import { type Letter, openOutbox } from './outbox.ts'
import { Pace } from './pace.ts'
import { openSenders } from './senders.ts'
import type { DmScope } from './session-of.ts'
import type { OpenWebhook } from './webhook-target.ts'

export type ChannelLog = {
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
}

export type AccountParts = {
  kind: ChannelKind
  setup: Setup
  db: Database
  bus: Bus
  clock: Clock
  random(): number
  log: ChannelLog
  openWebhook: OpenWebhook
  conversation: Conversation
  approvals: Pick<Approvals, 'list' | 'resolve'>
  /** What the settings say this very moment. */
  current(): Setup | undefined
  sessions(): { agentId: string; dmScope: DmScope }
  note(what: string, facts: Readonly<Record<string, unknown>>): void
  /** It is connected, or no longer, or for another reason. */
  onChange(): void
  onBug(error: unknown): void
}

export type Account = AsyncDisposable & {
  readonly setup: Setup
  state(): ListeningState & { lastOutboundAt?: number; waiting: number }
  identify(signal: AbortSignal): Promise<Identity>
  /** Before its token is forgotten. */
  leave(signal: AbortSignal): Promise<void>
  /** On its way when this resolves, and on disk. */
  put(letter: Letter): Promise<void>
  /** Resolves when the letter went out or never will. */
  settled(key: string, signal: AbortSignal): Promise<ReturnType<ReturnType<typeof openOutbox>['find']>>
  /** The answer of a run goes there too. */
  deliver(delivery: ChannelDelivery): void
}

/** Loads the service and begins to listen; does not wait until it is connected. */
export async function openAccount(parts: AccountParts): Promise<Account> {
  const { kind, setup, db, clock, log, note, onBug } = parts
  const approvers = () => parts.current()?.approvers ?? []
  const ending = new AbortController()
  const { signal } = ending
  const channel = await setup.open({ clock, openWebhook: parts.openWebhook })
  const stored = { db, clock, channel: kind.id }
  const [inbox, outbox, senders] = [openInbox(stored), openOutbox(stored), openSenders(stored)]
  const pace = new Pace(clock)
  let lastOutboundAt: number | undefined
  const courier = new Courier({
    ...{ channel, outbox, pace, clock, random: parts.random, onBug, signal },
    replyToMode: () => setup.replyToMode,
    onSent: () => (lastOutboundAt = clock.now()),
    onFailed(letter, reason) {
      log.warn('a message could not be delivered', { channel: kind.id, chat: letter.address.chat, reason })
      note('channel.undelivered', { channel: kind.id, chat: letter.address.chat, reason })
    },
  })
  const buttons = new ApprovalButtons({
    ...{
      channel,
      approvals: parts.approvals,
      approvers,
      channelId: kind.id,
      bus: parts.bus,
      pace,
      clock,
      onBug,
      signal,
    },
    onRefused: ({ sender, address }) =>
      note('approval.press-refused', { channel: kind.id, sender: sender.id, name: sender.name, chat: address.chat }),
    onUnasked: (approver, reason) => log.warn('an approver could not be asked', { channel: kind.id, approver, reason }),
  })
  const ignored = new Set<string>()
  const intake = new Intake({
    ...parts,
    ...{ id: kind.id, channel, inbox, outbox, senders, pace, signal, approvers },
    poke: () => courier.poke(),
    onPress: (press) => buttons.press(press),
    onAsked({ chat: _, ...asking }) {
      const payload = { channel: kind.id, ...asking }
      parts.bus.publish({ type: 'wire', event: 'channels.pairing.requested', payload })
    },
    onIgnored({ sender, address }, why) {
      const about = { channel: kind.id, chat: address.chat, sender: sender?.id, why }
      const known = JSON.stringify(about)
      if (ignored.has(known)) return
      if (ignored.size > 1000) ignored.clear()
      ignored.add(known)
      log.info('a message was ignored', about)
    },
  })
  const take = async (events: Parameters<typeof inbox.take>[0]) => {
    const fresh = inbox.take(events)
    if (fresh.length === 0) return
    await db.synced()
    intake.hear(fresh)
  }
  const listening = startListening({
    ...{ clock, random: parts.random, take, onBug, signal },
    open: async () => channel,
    onChange: tellChanges(parts),
  })
  intake.hear(inbox.open())
  courier.poke()
  return {
    setup,
    state: () => ({
      ...listening.state(),
      ...(lastOutboundAt !== undefined && { lastOutboundAt }),
      waiting: outbox.size(),
    }),
    identify: (asked) => channel.identify(AbortSignal.any([asked, signal])),
    leave: async (asked) => await channel.leave?.(AbortSignal.any([asked, signal])),
    async put(letter) {
      outbox.put(letter)
      await db.synced()
      courier.poke()
    },
    async settled(key, asked) {
      await courier.settled(key, AbortSignal.any([asked, signal]))
      return outbox.find(key)
    },
    deliver: (delivery) => intake.hear(inbox.take([delivery])),
    async [Symbol.asyncDispose]() {
      ending.abort(new Error('the account was closed'))
      intake[Symbol.dispose]()
      buttons[Symbol.dispose]()
      await Promise.allSettled([listening.ended, courier.idle()])
    },
  }
}

/** Into the log and the journal, once per change and not per try. */
function tellChanges({ kind, log, note, onChange }: AccountParts): (state: ListeningState) => void {
  let told = ''
  return ({ isConnected, isRunning, identity, mode, problem }) => {
    const now = isConnected ? `connected as ${identity?.name}` : !isRunning ? 'stopped' : (problem?.message ?? '')
    if (now === told) return
    told = now
    if (isConnected) {
      log.info(`${kind.label} is connected`, { account: identity?.name, mode })
      note('channel.connected', { channel: kind.id, account: identity?.name, id: identity?.id, mode })
    } else if (isRunning) {
      log.warn(`${kind.label} is not connected`, { reason: problem?.message, remedy: problem?.remedy })
      note('channel.failed', { channel: kind.id, reason: problem?.message })
    }
    onChange()
  }
}
