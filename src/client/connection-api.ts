/** What a screen knows of its connection: how it stands, calls, events, and what to do after a break. Types only. */

import type { Fault } from '../shared/fault.ts'
import type { HelloOk } from '../shared/protocol/connect.ts'
import type { RunSnapshot } from '../shared/protocol/reattach.ts'
import type { Call, CallOptions } from '../shared/rpc/call.ts'
import type { GatewayEvent } from '../shared/rpc/client.ts'
import type { Latency } from './latency.ts'
import type { Waterfall } from './layers.ts'
import type { TryingPhase } from './machine.ts'
import type { Outbox } from './outbox.ts'

/** `needs-user`: a question has to be answered before it goes on. */
export type Phase = 'idle' | TryingPhase | 'live' | 'needs-user' | 'waiting' | 'failed'

/** An immutable snapshot; a new object whenever something in it changed. */
export type ConnectionView = {
  readonly phase: Phase
  /** For the header: the profile's name, `ws://127.0.0.1:18789`, the kind of way in use, and how it is reached. */
  readonly name: string
  readonly url: string
  readonly transport: string
  /** `direct`, `ssh2 › jump › vps`; the kind of way until that is known. */
  readonly route: string
  /** The way in front, layer by layer. The one that broke carries the fault; kept while `waiting` and `failed`. */
  readonly layers: Waterfall
  /** Failed attempts since the connection was last live for 30 s. */
  readonly attempt: number
  /** Wall time of the next attempt, while `waiting`. */
  readonly retryAt: number | undefined
  /** Why it is `waiting` or `failed`. */
  readonly fault: Fault | undefined
  /** True while `live` but silent for more than 8 s, or not heard since the machine woke. */
  readonly isSuspect: boolean
  /** Last measured round trip, milliseconds; keeps still while it changes little. */
  readonly latencyMs: number | undefined
  /** Under which the gateway knows this device; absent before a connection was made. */
  readonly deviceId?: string | undefined
  /** The last hello; kept while reconnecting so that the screen keeps its facts. */
  readonly hello: HelloOk | undefined
}

/**
 * How the flow of events relates to what was seen before. `fresh`: first connection, load everything. `resumed`: nothing
 * was lost, nothing to do. `resync`: something was lost, fetch the open session's history again. `runs` are replies
 * being written now (with the text so far) when the gateway tells, else empty. `replayed` counts the events that were
 * missed and came now: `resumed: 1,284 events, 0 lost`.
 */
export type Attachment = {
  readonly kind: 'fresh' | 'resumed' | 'resync'
  readonly replayed: number
  readonly runs: readonly RunSnapshot[]
}

/**
 * Events reach the screen in order and once. A `chat` delta always carries `offset` and `deltaText`, whatever the
 * gateway sends: append `deltaText` at `offset`; with `replace` the text so far is replaced from the start.
 */
export type Connection = AsyncDisposable & {
  readonly view: ConnectionView
  /** Called after `view` changed; the result unsubscribes. Fits `useSyncExternalStore`. */
  subscribe(listener: () => void): () => void
  /** Typed call. While not live it fails at once with `client.closed`; messages go through `outbox` instead. */
  readonly call: Call
  /** Any method by name, unchecked. */
  request(method: string, params?: unknown, options?: CallOptions): Promise<unknown>
  events(listener: (event: GatewayEvent) => void): () => void
  attachments(listener: (attachment: Attachment) => void): () => void
  /** Messages typed while away and not yet acknowledged; on disk. */
  readonly outbox: Outbox
  /** Starts connecting; no effect when already under way. */
  connect(): void
  /** The person wants it now: ends the waiting, or leaves `failed`. */
  retry(): void
  /** Round trips of the last five minutes. Not part of the view: a new one each few seconds draws nothing by itself. */
  latency(): Latency
}
