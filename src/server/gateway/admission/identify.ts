/** The port: who of the tailnet stands behind a request that Tailscale Serve passed on. */

import type { Headers } from './local.ts'

/** The login, lower case, when it is proven and may enter; undefined for everybody else. Never rejects. */
export type Identify = (headers: Headers) => Promise<string | undefined>
