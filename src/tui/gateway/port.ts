/** The gateway as the screen needs it. `Connection` of the client room fits it; tests script it. */

import type { Connection } from '../../client/connection-api.ts'

/** Events reach the screen in order and once; `chat` deltas carry `offset` and `deltaText` (see `Connection`). */
export type Gateway = Pick<
  Connection,
  'view' | 'subscribe' | 'call' | 'events' | 'attachments' | 'outbox' | 'connect' | 'retry' | 'latency'
> & {
  /** Gives the connection up until `connect`. */
  disconnect(): void
}

/** Messages as `chat.history` gave them: open objects, since peers add fields. */
export type HistoryMessage = { readonly role: string; readonly [field: string]: unknown }

/** What was on screen last time, shown until the gateway answers. Failing to read or write it is never fatal. */
export type TranscriptCache = {
  read(sessionKey: string): Promise<{ messages: readonly HistoryMessage[]; savedAt: number } | undefined>
  write(sessionKey: string, messages: readonly HistoryMessage[], savedAt: number): Promise<void>
}
