/** Where a service calls, and how it shows that it is the service. */

import type { Secret } from '../../shared/std/secret.ts'

export type WebhookTarget = {
  readonly path: string
  /** The header in which the service shows the secret, in lower case. */
  readonly header: string
  readonly secret: Secret
  /** Resolves when the call was taken and is on disk. Faults: `usage.invalid` for one that makes no sense. */
  take(body: unknown): Promise<void>
}

/** Calls at that path are taken as long as `signal`. */
export type OpenWebhook = (target: WebhookTarget, signal: AbortSignal) => void
