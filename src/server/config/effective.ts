/** What flags, configuration and environment amount to together. Pure. */

import { Secret } from '../../shared/std/secret.ts'
import type { SharedSecret } from '../gateway/server-parts.ts'
import type { ConfigEnv } from './load.ts'
import type { Config } from './schema.ts'

export type GatewayFlags = { port?: number; bind?: string; auth?: string; token?: string; password?: string }

/** Flag, then `CLAWDBOT_GATEWAY_PORT`, then `gateway.port`, then 18789 (section 14.1). */
export function gatewayPort(config: Config, env: ConfigEnv, flags: GatewayFlags = {}): number {
  const fromEnv = Number(env.CLAWDBOT_GATEWAY_PORT)
  const isPort = Number.isInteger(fromEnv) && fromEnv > 0 && fromEnv < 65536
  return flags.port ?? (isPort ? fromEnv : config.gateway.port)
}

/** Texts people leave in place of a secret. */
const placeholder = /^(|undefined|null|changeme|change-me|your[-_ ]?(token|password).*|<.*>|x{3,})$/i

/** Flag, then configuration, then environment; blank and placeholder values count as none. */
export function sharedSecret(config: Config, env: ConfigEnv, flags: GatewayFlags = {}): SharedSecret | undefined {
  const { auth } = config.gateway
  const password = firstReal(flags.password, auth.password, env.CLAWDBOT_GATEWAY_PASSWORD)
  const token = firstReal(flags.token, auth.token, env.CLAWDBOT_GATEWAY_TOKEN)
  const mode = flags.auth ?? auth.mode ?? (password === undefined ? 'token' : 'password')
  const value = mode === 'password' ? password : token
  if (value === undefined) return undefined
  return { mode: mode === 'password' ? 'password' : 'token', secret: new Secret(value) }
}

function firstReal(...values: (string | undefined)[]): string | undefined {
  return values.find((value) => value !== undefined && !placeholder.test(value.trim()))
}
