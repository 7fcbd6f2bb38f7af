/** What a gateway that other machines can reach must have before it listens (security requirements TR2, AU14). */

import { Fault } from '../shared/fault.ts'
import { type Shortcoming, shortestForOthers } from '../shared/password-strength.ts'
import { lackOf } from './gateway/admission/password-hash.ts'
import { isLoopbackOnly } from './gateway/bind.ts'
import type { SharedSecret } from './gateway/server-parts.ts'

/** Throws `gateway.bind-refused` when these hosts must not be listened on with that secret, or with none. */
export function checkExposure(hosts: readonly string[], shared: SharedSecret | undefined): void {
  if (isLoopbackOnly(hosts)) return
  const [host = ''] = hosts
  const place = host === '0.0.0.0' ? 'every network of this machine (0.0.0.0)' : host
  if (!shared) {
    throw refusal(
      `Refusing to listen on ${place} without a token or password, as whoever reaches the gateway could run commands here.`,
      `${another.token} ${orLoopback}`,
    )
  }
  const lack = lackOf(shared)
  if (lack)
    throw refusal(
      `Refusing to listen on ${place} with a ${shared.mode} ${withLack[lack]}.`,
      `${another[shared.mode]} ${orLoopback}`,
    )
}

/** Throws `gateway.bind-refused` unless a password keeps the internet out (TS9). */
export function checkFunnel(mode: 'off' | 'serve' | 'funnel', shared: SharedSecret | undefined): void {
  if (mode !== 'funnel') return
  const remedy =
    `${newPassword} ` +
    `Or, by hand, set gateway.auth.mode to "password" and gateway.auth.password or CLAWDBOT_GATEWAY_PASSWORD to it. ` +
    `If only your own tailnet should reach the gateway, set gateway.tailscale.mode to "serve" instead.`
  if (shared?.mode !== 'password') {
    const now = shared ? `gateway.auth.mode is "${shared.mode}"` : 'none is set'
    throw refusal(
      `Refusing Tailscale Funnel: it opens this gateway to the whole internet and so needs a password, but ${now}.`,
      remedy,
    )
  }
  const lack = lackOf(shared)
  if (lack) throw refusal(`Refusing Tailscale Funnel with a password ${withLack[lack]}.`, remedy)
}

const withLack: Readonly<Record<Shortcoming, string>> = {
  short: `of fewer than ${shortestForOthers} characters: it could be guessed`,
  guessable: 'that is guessed too easily: it repeats itself, or is tried first by everybody',
}

const newPassword = `Run: clawdbot password set (${shortestForOthers} characters at least, such as \`openssl rand -base64 24\` prints).`

/** Another secret of the kind that is asked for; the other kind would not be looked at. */
const another: Readonly<Record<SharedSecret['mode'], string>> = {
  token:
    'Give it a token: openssl rand -hex 32 | clawdbot config set gateway.auth.token --stdin ' +
    '(or set CLAWDBOT_GATEWAY_TOKEN).',
  password: newPassword,
}

const orLoopback = 'Or keep gateway.bind "loopback" and come through SSH or Tailscale.'

function refusal(message: string, remedy: string): Fault {
  return new Fault('gateway.bind-refused', message, { remedy })
}
