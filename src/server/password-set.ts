/** A password for the gateway, kept as a hash in its settings; a gateway that runs takes it up and closes what the old secret opened (AU12, AU14). */

import { Fault } from '../shared/fault.ts'
import { passwordStrength } from '../shared/password-strength.ts'
import type { Secret } from '../shared/std/secret.ts'
import type { ConfigDesk } from './config/desk.ts'
import type { Config } from './config/schema.ts'
import { usableSecret } from './gateway/admission/auth.ts'
import { hashPassword } from './gateway/admission/password-hash.ts'
import type { Noting } from './journal/noting.ts'

export type PasswordChange = {
  readonly path: string
  /** False when a gateway that runs does not notice. */
  readonly isTakenUp: boolean
  /** The gateway asked for a token before. */
  readonly isNewMode: boolean
}

/** Throws `usage.invalid` for a password that is guessed too easily, and `config.invalid`. */
export async function setPassword(desk: ConfigDesk, password: Secret, noting: Noting): Promise<PasswordChange> {
  const { gateway } = desk.inForce().config
  const { mode, password: before } = gateway.auth
  const changes = await passwordChanges(gateway, password)
  noting('auth.password-set', {}, () => void desk.exchange(changes))
  return {
    path: desk.path,
    isTakenUp: gateway.reload.mode !== 'off',
    isNewMode: (mode ?? (before === undefined ? 'token' : 'password')) === 'token',
  }
}

/** The settings that make it the gateway's. Throws `usage.invalid`. */
export async function passwordChanges(
  { bind, tailscale, auth }: Config['gateway'],
  password: Secret,
): Promise<{ path: string; value: unknown }[]> {
  const { level, hint, isForOthers } = passwordStrength(password.reveal())
  const isReachable = bind !== 'loopback' || tailscale.mode === 'funnel'
  if (level === 'weak' || !usableSecret(password.reveal())) throw refused('That password is guessed too easily', hint)
  if (isReachable && !isForOthers) throw refused('That password is too short for a gateway others can reach', hint)
  const hash = { path: 'gateway.auth.password', value: await hashPassword(password.reveal()) }
  return auth.mode === 'token' ? [hash, { path: 'gateway.auth.mode', value: 'password' }] : [hash]
}

function refused(message: string, hint = 'Take five or six words that do not belong together.'): Fault {
  return new Fault('usage.invalid', message, { remedy: hint })
}
