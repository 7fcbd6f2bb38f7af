/** What a gateway that other machines can reach must have before it listens (security requirements TR2, AU14). */

import { Fault } from '../shared/fault.ts'
import { shortestForOthers } from '../shared/password-strength.ts'
import { lengthOf } from './gateway/admission/password-hash.ts'
import { isLoopbackOnly } from './gateway/bind.ts'
import type { SharedSecret } from './gateway/server-parts.ts'

/** Throws `gateway.bind-refused` when these hosts must not be listened on with that secret, or with none. */
export function checkExposure(hosts: readonly string[], shared: SharedSecret | undefined): void {
  if (isLoopbackOnly(hosts)) return
  const host = hosts[0] ?? ''
  if (!shared) {
    throw refusal(
      `Refusing to listen on ${host} without a token or password: everybody who reaches it would own this machine.`,
    )
  }
  if (lengthOf(shared) < shortestForOthers) {
    throw refusal(
      `Refusing to listen on ${host} with a ${shared.mode} of fewer than ${shortestForOthers} characters: it could be guessed.`,
    )
  }
}

/** Throws `gateway.bind-refused` unless a password keeps the internet out (TS9). */
export function checkFunnel(mode: 'off' | 'serve' | 'funnel', shared: SharedSecret | undefined): void {
  if (mode !== 'funnel') return
  const remedy =
    `Run: clawdbot password set. By hand, set gateway.auth.mode to "password" and gateway.auth.password ` +
    `(or CLAWDBOT_GATEWAY_PASSWORD) to at least ${shortestForOthers} characters, such as \`openssl rand -base64 24\` ` +
    `prints. For your own tailnet alone, set gateway.tailscale.mode to "serve".`
  if (shared?.mode !== 'password') {
    const now = shared ? `the mode is "${shared.mode}"` : 'there is none'
    throw refusal(
      `Refusing Tailscale Funnel: it opens this gateway to the internet, which takes a password, and ${now}.`,
      remedy,
    )
  }
  if (lengthOf(shared) < shortestForOthers) {
    throw refusal(`Refusing Tailscale Funnel with a password of fewer than ${shortestForOthers} characters.`, remedy)
  }
}

function refusal(message: string, remedy?: string): Fault {
  return new Fault('gateway.bind-refused', message, {
    remedy:
      remedy ??
      'Set gateway.auth.token (or CLAWDBOT_GATEWAY_TOKEN) to what `openssl rand -hex 32` prints, or use bind "loopback".',
  })
}
