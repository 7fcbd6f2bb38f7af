/** What flags, configuration and environment amount to together. Pure. */

import { readPort } from '../../shared/port.ts'
import type { Secret } from '../../shared/std/secret.ts'
import { usableSecret } from '../gateway/admission/auth.ts'
import type { SharedSecret } from '../gateway/server-parts.ts'
import type { ConfigEnv } from './load.ts'
import type { Config } from './schema.ts'

export type GatewayFlags = {
  port?: number
  bind?: string
  tailscale?: Config['gateway']['tailscale']['mode']
  auth?: string
  token?: string
  password?: string
}

/** Flag, then `CLAWDBOT_GATEWAY_PORT`, then `gateway.port`, then 18789 (section 14.1). Throws `usage.invalid` for a variable that is no port. */
export function gatewayPort(config: Config, env: ConfigEnv, flags: GatewayFlags = {}): number {
  return flags.port ?? readPort('CLAWDBOT_GATEWAY_PORT', env.CLAWDBOT_GATEWAY_PORT) ?? config.gateway.port
}

/** Flag, then configuration, then environment; blank and placeholder values count as none. */
export function sharedSecret(config: Config, env: ConfigEnv, flags: GatewayFlags = {}): SharedSecret | undefined {
  const { auth } = config.gateway
  const password = firstUsable(flags.password, auth.password, env.CLAWDBOT_GATEWAY_PASSWORD)
  const token = firstUsable(flags.token, auth.token, env.CLAWDBOT_GATEWAY_TOKEN)
  const mode = flags.auth ?? auth.mode ?? (password ? 'password' : 'token')
  const secret = mode === 'password' ? password : token
  return secret && { mode: mode === 'password' ? 'password' : 'token', secret }
}

function firstUsable(...values: (string | undefined)[]): Secret | undefined {
  return values.map(usableSecret).find((secret) => secret !== undefined)
}
