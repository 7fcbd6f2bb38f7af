/** Messages typed but not yet acknowledged by the gateway, kept on disk so that neither a break nor a crash loses one. */

import type { Fault } from '../shared/fault.ts'

/** One message waiting for its acknowledgement. The idempotency key is its run's id, so sending twice is one run. */
export type OutboxEntry = {
  readonly idempotencyKey: string
  readonly sessionKey: string
  readonly message: string
  readonly thinking?: string | undefined
  /** Wall time it was typed. */
  readonly createdAt: number
}

/** What became of an entry. `runId` may differ from the key when the message only stopped other runs. */
export type Delivery =
  | { readonly kind: 'accepted'; readonly entry: OutboxEntry; readonly status: string }
  | { readonly kind: 'refused'; readonly entry: OutboxEntry; readonly fault: Fault }
  | { readonly kind: 'expired'; readonly entry: OutboxEntry }

export type Outbox = {
  /** Oldest first. */
  readonly entries: readonly OutboxEntry[]
  /** Stores the message, then sends it when live. Rejects with a `Fault` when it cannot be stored or the box is full. */
  add(entry: Omit<OutboxEntry, 'createdAt'>): Promise<void>
  /** Takes a message back that was not sent yet; false when it is already on its way. */
  remove(idempotencyKey: string): Promise<boolean>
  deliveries(listener: (delivery: Delivery) => void): () => void
}
