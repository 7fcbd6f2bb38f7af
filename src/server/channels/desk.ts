/** All chat services together: opened as the settings say, told of in one way, and where everything else turns to. */

import { isDeepStrictEqual } from 'node:util'
import { errorText, Fault } from '../../shared/fault.ts'
import { deadline } from '../../shared/std/signal.ts'
import type { Config } from '../config/schema.ts'
import type { SendFile } from '../tools/messages/send-file.ts'
import { type Account, type AccountParts, openAccount } from './account.ts'
import { type AccountFacts, type ChannelFacts, channelFacts, type Probe, problemText } from './facts.ts'
import type { ChannelKind, Env, Setup } from './kind.ts'
import type { Letter, LetterState } from './outbox.ts'
import { openSenders, type Senders } from './senders.ts'
import { approvedText, tooLargeText, tooLargeToSend } from './words.ts'

export type DeskParts = Omit<AccountParts, 'kind' | 'setup' | 'current'> & {
  kinds: readonly ChannelKind[]
  config(): Config
  /** With the gateway's own secrets. */
  env(): Env
}

/** How long a service is waited for that is left. */
const leaveMs = 3_000

export type FileToSend = Parameters<SendFile>[1]

type Place = {
  readonly kind: ChannelKind
  settings: unknown
  setup: Setup | undefined
  account: Account | undefined
  probe?: Probe | undefined
}

export class ChannelDesk implements AsyncDisposable {
  readonly #parts: DeskParts
  readonly #places: readonly Place[]
  /** Openings and closings happen one after another. */
  #work: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(parts: DeskParts) {
    this.#parts = parts
    this.#places = parts.kinds.map((kind) => ({ kind, settings: undefined, setup: undefined, account: undefined }))
  }

  /** Opens, closes and opens anew what the settings ask for; resolves when that is done. */
  async reload(): Promise<void> {
    for (const place of this.#places) this.#work = this.#work.then(() => this.#renew(place)).catch(this.#parts.onBug)
    await this.#work
  }

  async #renew(place: Place): Promise<void> {
    const { config, env, onChange } = this.#parts
    const settings = place.kind.settings(config(), env())
    const isSame = isDeepStrictEqual(settings, place.settings)
    if (this.#isClosed || (isSame && (place.account !== undefined || !place.setup?.isEnabled))) return
    const setup = place.kind.setup(config(), env())
    if (!setup?.isEnabled) await place.account?.leave(deadline(leaveMs)).catch(() => {}) // it ends all the same
    await place.account?.[Symbol.asyncDispose]()
    place.account = undefined
    place.settings = settings
    place.probe = undefined
    place.setup = setup
    if (place.setup?.isEnabled) {
      place.account = await openAccount({
        ...{ ...this.#parts, kind: place.kind, setup: place.setup },
        current: () => place.kind.setup(config(), env()),
      })
    }
    onChange()
  }

  facts(): ChannelFacts {
    return channelFacts(this.#places.map(factsOf))
  }

  /** Asks the services themselves; the answers stay part of the facts. */
  async probe(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts
    await Promise.all(
      this.#places.map(async (place) => {
        const from = clock.monotonic()
        const asked = place.account?.identify(signal)
        place.probe = await asked?.then(
          (bot) => ({ ok: true, bot, elapsedMs: clock.monotonic() - from }) as const,
          (error: unknown) =>
            ({ ok: false, error: error instanceof Fault ? problemText(error) : errorText(error) }) as const,
        )
      }),
    )
  }

  /** The service is told that nobody listens here any more, as far as it is there to be told. */
  async leave(channel: string, signal: AbortSignal): Promise<void> {
    await this.#find(channel)
      ?.account?.leave(deadline(leaveMs, signal))
      .catch(() => {})
  }

  /** Sends, and resolves when it has gone out. Throws a `Fault` when it cannot. */
  async send(channel: string, letter: Letter, signal: AbortSignal): Promise<LetterState> {
    const account = this.#account(channel)
    const limit = account.setup.mediaLimitBytes
    if (letter.file && letter.file.bytes.length > limit) throw tooLargeToSend(channel, letter.file, limit)
    await account.put(letter)
    const state = await account.settled(letter.key, signal)
    if (state?.state === 'sent') return state
    throw new Fault('channel.refused', `The message could not be delivered: ${state?.error ?? 'it was forgotten'}`)
  }

  /** The answer of a run goes to the chat its session belongs to as well; false when there is none. */
  deliver(sessionKey: string, runId: string): boolean {
    const origin = this.#parts.conversation.origin(sessionKey)
    const account = origin && this.#find(origin.channel)?.account
    if (!origin || !account) return false
    account.deliver({ kind: 'delivery', eventId: `delivery:${runId}`, address: origin.address, runId })
    return true
  }

  /** Whether there is anybody to send a file to. */
  get isSetUp(): boolean {
    return this.#places.some(({ account }) => account !== undefined)
  }

  /** On its way when this resolves. Throws a `Fault` for a session that belongs to no chat, or a file too large for it. */
  async sendFile(
    sessionKey: string,
    { key, caption, ...file }: FileToSend,
  ): Promise<{ channel: string; chat: string }> {
    const origin = this.#parts.conversation.origin(sessionKey)
    if (!origin)
      throw new Fault('tool.failed', 'This session belongs to no chat, so there is nobody to send a file to.')
    const account = this.#account(origin.channel)
    const limit = account.setup.mediaLimitBytes
    if (file.bytes.length > limit) throw new Fault('tool.failed', tooLargeText(file.name, limit))
    await account.put({ key: `file:${key}`, address: origin.address, text: caption, file })
    return { channel: origin.channel, chat: origin.address.chat }
  }

  /** Throws `channel.unknown` for a service there is not. */
  senders(channel: string): Senders {
    const { db, clock } = this.#parts
    if (!this.#find(channel)) throw unknownChannel(channel, this.#places)
    return openSenders({ db, clock, channel })
  }

  /** They are told where they asked, if the service is there to tell them. */
  async welcome(channel: string, sender: { id: string; chat: string }): Promise<void> {
    const account = this.#find(channel)?.account
    const address = { chat: sender.chat, isGroup: false }
    const key = `welcome:${channel}:${sender.id}:${this.#parts.clock.now()}`
    await account?.put({ key, address, text: approvedText })
  }

  /** The services there are, set up or not. */
  ids(): string[] {
    return this.#places.map(({ kind }) => kind.id)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#work
    await Promise.all(this.#places.map(({ account }) => account?.[Symbol.asyncDispose]()))
  }

  #account(channel: string): Account {
    const place = this.#find(channel)
    if (!place) throw unknownChannel(channel, this.#places)
    if (place.account) return place.account
    throw new Fault('channel.unavailable', `${place.kind.label} is not set up, or switched off`, {
      remedy: `Set it up with: clawdbot channels add ${channel}`,
    })
  }

  #find(channel: string): Place | undefined {
    return this.#places.find(({ kind }) => kind.id === channel)
  }
}

function factsOf({ kind, setup, account, probe }: Place): AccountFacts {
  return { kind, setup, state: account?.state(), probe }
}

function unknownChannel(channel: string, places: readonly Place[]): Fault {
  return new Fault('channel.unknown', `unsupported channel: ${channel.slice(0, 64)}`, {
    remedy: `There is: ${places.map(({ kind }) => kind.id).join(', ')}.`,
  })
}
