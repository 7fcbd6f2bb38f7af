/** The port: a way for bytes to reach a gateway. It hands out streams and never binds a local port. */

import type { Duplex } from 'node:stream'
import type { Fault } from '../shared/fault.ts'

export type Tunnel = AsyncDisposable & {
  /** Opens one byte stream to the gateway. Rejects with a `Fault`, or with the signal's reason. */
  dial(signal: AbortSignal): Promise<Duplex>
  /** Resolves once the tunnel itself is gone, with the reason if it was not ours; never rejects. */
  readonly closed: Promise<Fault | undefined>
}
