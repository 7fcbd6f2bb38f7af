/** The port: a chat service as the gateway knows it. Whoever is behind it, people and chats are told apart by numbers that cannot be renamed (EX15). */

/** A place where people read: a chat, or one topic of it. */
export type Address = { readonly chat: string; readonly thread?: string; readonly isGroup: boolean }

export type Person = {
  /** As the service counts accounts; never a name. */
  readonly id: string
  /** What they call themselves: cleaned, and proof of nothing. */
  readonly name: string
  readonly username?: string
}

/** A photo or file somebody sent; `ref` fetches it. */
export type Attachment = {
  readonly kind: 'photo' | 'file'
  readonly ref: string
  readonly name: string
  readonly mimeType: string
  /** Undefined when the service does not say. */
  readonly sizeBytes?: number
}

export type ChannelMessage = {
  readonly kind: 'message'
  /** The same for the same event told again. */
  readonly eventId: string
  readonly address: Address
  /** Undefined when the service does not say who it was: nobody's rules are then met. */
  readonly sender?: Person
  /** Of the group. */
  readonly title?: string
  readonly messageId: string
  readonly text: string
  /** Whether it is said to the bot; always so in a chat of two. */
  readonly isMention: boolean
  readonly attachments: readonly Attachment[]
  /** The message it answers. */
  readonly quoted?: string
}

/** Somebody pressed a button. */
export type ChannelPress = {
  readonly kind: 'press'
  readonly eventId: string
  readonly address: Address
  readonly sender: Person
  readonly messageId: string
  readonly data: string
  /** Answers the press itself. */
  readonly pressId: string
}

/** Not from the service: the answer of a run somebody else began, which was asked to go there too. */
export type ChannelDelivery = {
  readonly kind: 'delivery'
  readonly eventId: string
  readonly address: Address
  readonly runId: string
}

export type ChannelEvent = ChannelMessage | ChannelPress | ChannelDelivery

export type Button = { readonly label: string; readonly data: string }

/** A piece of text as the service takes it, made by `render`, and the same without any formatting. */
export type Piece = { readonly rich: string; readonly plain: string }

export type Outgoing = {
  /** A message to point to. */
  readonly replyTo?: string
  readonly buttons?: readonly Button[]
} & ({ readonly piece: Piece } | { readonly file: OutgoingFile })

export type OutgoingFile = {
  readonly name: string
  readonly mimeType: string
  readonly bytes: Uint8Array
  readonly caption: string
}

/** Who the account is at the service. */
export type Identity = { readonly id: string; readonly name: string }

export type Inlet = {
  /** The service knows the account, and listening has begun. */
  connected(identity: Identity, mode: 'polling' | 'webhook'): void
  /** Resolves when all of it is on disk; only then is the service told that it was taken. */
  take(events: readonly ChannelEvent[]): Promise<void>
}

/**
 * One account at a service. Everything rejects with a `Fault`: `channel.unauthorized`, `channel.conflict` (somebody else
 * listens), `channel.throttled` with `retryAfterMs`, `channel.unavailable`, or `channel.refused`, which no second try
 * would change.
 */
export type Channel = {
  /** Listens until `signal`, or rejects when that ended. */
  listen(inlet: Inlet, signal: AbortSignal): Promise<void>
  /** Asks the service who the account is. */
  identify(signal: AbortSignal): Promise<Identity>
  /** Ends what the service would go on with when nobody listens any more, such as calling an address of ours. */
  leave?(signal: AbortSignal): Promise<void>
  /** Markdown in pieces that fit. Two pieces can be put together with a line break, as far as they fit. */
  render(markdown: string): readonly Piece[]
  /** A text sign by sign, nothing in it taken for formatting, in pieces that leave room for a line or two. */
  renderVerbatim(text: string): readonly Piece[]
  send(address: Address, message: Outgoing, signal: AbortSignal): Promise<{ messageId: string }>
  /** Writes a message anew. What it is already is no failure. */
  edit(address: Address, messageId: string, piece: Piece, signal: AbortSignal): Promise<void>
  /** Shows that an answer is on its way. */
  typing(address: Address, signal: AbortSignal): Promise<void>
  fetch(attachment: Attachment, limitBytes: number, signal: AbortSignal): Promise<Uint8Array>
  /** Answers a press: a short text, shown to whoever pressed. */
  answerPress(pressId: string, text: string, signal: AbortSignal): Promise<void>
  /** A message there at most each so many milliseconds. */
  paceMs(address: Address): number
}
