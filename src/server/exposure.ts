/** What a gateway that other machines can reach must have before it listens (security requirements TR2, AU14). */

import { Fault } from '../shared/fault.ts'
import { isLoopbackOnly } from './gateway/bind.ts'
import type { SharedSecret } from './gateway/server-parts.ts'

/** Fewest characters of a secret somebody chose: it can be guessed at from elsewhere. */
const shortestSecret = 24

/** Throws `gateway.bind-refused` when these hosts must not be listened on with that secret, or with none. */
export function checkExposure(hosts: readonly string[], shared: SharedSecret | undefined): void {
  if (isLoopbackOnly(hosts)) return
  const host = hosts[0] ?? ''
  if (!shared) {
    throw refusal(
      `Refusing to listen on ${host} without a token or password: everybody who reaches it would own this machine.`,
    )
  }
  if (shared.secret.reveal().length < shortestSecret) {
    throw refusal(
      `Refusing to listen on ${host} with a ${shared.mode} of fewer than ${shortestSecret} characters: it could be guessed.`,
    )
  }
}

function refusal(message: string): Fault {
  return new Fault('gateway.bind-refused', message, {
    remedy:
      'Set gateway.auth.token (or CLAWDBOT_GATEWAY_TOKEN) to what `openssl rand -hex 32` prints, or use bind "loopback".',
  })
}
