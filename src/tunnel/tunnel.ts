/** The port: a way for bytes to reach a gateway. It hands out streams and never binds a local port. */

import type { Duplex } from 'node:stream'
import type { Fault } from '../shared/fault.ts'
import type { Clock } from '../shared/std/clock.ts'
import type { GatewayUrl } from './gateway-url.ts'
import type { LayerEvent } from './layer.ts'
import type { Prompts } from './prompts.ts'

export type Tunnel = AsyncDisposable & {
  /** What to say to the gateway as its address (`Host`, upgrade path), which is not always how it is reached. */
  readonly url: GatewayUrl
  /** `wayOrigin` of its way: what credentials belong to, and how messages call the gateway. */
  readonly origin: string
  /** For people, short: `direct`, `ssh2 › jump › vps`, `ssh -W › vps`, `tailscale direct`. */
  readonly route: string
  /** Opens one byte stream to the gateway. Rejects with a `Fault`, or with the signal's reason. */
  dial(signal: AbortSignal): Promise<Duplex>
  /** Over the same connection to any other place, as the far host names it. Absent where the way leads to the gateway alone. */
  dialTo?(place: Place, signal: AbortSignal): Promise<Duplex>
  /** Resolves once the tunnel itself is gone, with the reason if it was not ours; never rejects. */
  readonly closed: Promise<Fault | undefined>
}

/** Where a further forward leads, seen from the far host: `127.0.0.1:80`, `db.internal:5432`, `/run/app.sock`. */
export type Place = { readonly host: string; readonly port: number } | { readonly path: string }

/** What a tunnel may need while it opens. */
export type TunnelContext = {
  readonly clock: Clock
  /** Ends the attempt; the tunnel that is open already ends by its own disposal. */
  readonly signal: AbortSignal
  readonly prompts: Prompts
  readonly onLayer: (event: LayerEvent) => void
  /** Environment and home folder: `SSH_AUTH_SOCK`, `PATH`, `~/.ssh`. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}
