/** Secrets that were typed for this run, or that the gateway's settings hold: for whom each of them is (AU16). */

import { Secret } from '../shared/std/secret.ts'
import { parseGatewayUrl } from '../tunnel/gateway-url.ts'
import type { GatewayConfig } from './gateway-config.ts'
import type { Credentials } from './handshake.ts'
import type { ClientPaths } from './paths.ts'
import { readIfThere } from './private-file.ts'
import type { Profile } from './profile.ts'

/** Undefined when neither holds anything. */
export function typedSecret(token: string | undefined, password: string | undefined): Credentials | undefined {
  if (!token?.trim() && !password?.trim()) return undefined
  return {
    ...(token?.trim() ? { token: new Secret(token.trim()) } : {}),
    ...(password?.trim() ? { password: new Secret(password) } : {}),
  }
}

/** The gateway of this machine keeps a hash: the person knows the password, and nothing here does. */
export function askedFor(profile: Profile, { auth }: GatewayConfig): Profile {
  const isAsked = profile.secret === undefined && auth.hash !== undefined && auth.mode !== 'token'
  return isAsked ? { ...profile, secret: { source: 'prompt', secret: 'password' } } : profile
}

/** Of the gateway of this machine: as configured, else as it made it. */
export async function localSecret(config: GatewayConfig, paths: ClientPaths): Promise<Credentials> {
  const { token, password, mode } = config.auth
  if (mode === 'password' && password) return { password }
  if (token || password) return { token, password }
  const generated = (await readIfThere(paths.gatewayToken))?.trim()
  return generated ? { token: new Secret(generated) } : {}
}

/** `gateway.remote.token` and `.password`, for the address beside them and for no other. */
export function remoteSecret({ remote }: GatewayConfig, origin: string): Credentials {
  if (remote.url === undefined || originOf(remote.url) !== origin) return {}
  return { token: remote.token, password: remote.password }
}

function originOf(address: string): string | undefined {
  try {
    return parseGatewayUrl(address, true).origin
  } catch {
    return undefined // a broken address in the file is no address
  }
}
