/**
 * Who of the tailnet stands behind a request that Serve passed on. Its headers are believed only at its own entrance (TS4),
 * and only when the daemon says the same of the address (TS5): neither alone proves anything.
 */

import { BoundedMap } from '../../shared/std/bounded-map.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { isTailnetAddress } from '../../tunnel/tailscale/peer-name.ts'
import type { TailnetUser, Whois } from '../../tunnel/tailscale/whois.ts'
import { decodeHeaderText } from '../gateway/admission/header-text.ts'
import type { Identify } from '../gateway/admission/identify.ts'
import { type Headers, isFunnel } from '../gateway/admission/local.ts'

/** How long an answer of the daemon counts: who is removed from the tailnet is out after that. */
const rememberMs = 60_000
const rememberAtMost = 1000

export type IdentityParts = {
  readonly whois: Whois
  /** Logins that may enter, asked each time; nobody when empty. */
  readonly owners: () => readonly string[]
  readonly clock: Clock
}

export function createIdentify({ whois, owners, clock }: IdentityParts): Identify {
  const known = new BoundedMap<string, TailnetUser>({ limit: rememberAtMost, ttlMs: rememberMs, clock })
  const userAt = async (address: string) => {
    const remembered = known.get(address)
    if (remembered) return remembered
    const user = await whois(address)
    if (user) known.set(address, user)
    return user
  }
  return async (headers) => {
    const claim = claimOf(headers)
    if (!claim || !owners().some((owner) => owner.trim().toLowerCase() === claim.login)) return undefined
    const user = await userAt(claim.address).catch(() => undefined)
    return user && !user.isTagged && user.login === claim.login ? claim.login : undefined
  }
}

/** What Serve says, complete and in one piece each; what came in through Funnel is nobody of the tailnet (TS6). */
function claimOf(headers: Headers): { login: string; address: string } | undefined {
  const login = headers['tailscale-user-login']
  const address = headers['x-forwarded-for']
  if (isFunnel(headers) || typeof login !== 'string' || typeof address !== 'string') return undefined
  if (headers['x-forwarded-proto'] !== 'https' || !isTailnetAddress(address)) return undefined
  const text = decodeHeaderText(login)?.trim().toLowerCase()
  return text ? { login: text, address } : undefined
}
