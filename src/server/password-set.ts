/** A password for the gateway, kept as a hash in its settings; a gateway that runs takes it up and closes what the old secret opened (AU12, AU14). */

import { Fault } from '../shared/fault.ts'
import { passwordStrength } from '../shared/password-strength.ts'
import type { Secret } from '../shared/std/secret.ts'
import type { ConfigDesk } from './config/desk.ts'
import { usableSecret } from './gateway/admission/auth.ts'
import { hashPassword } from './gateway/admission/password-hash.ts'

export type PasswordChange = {
  readonly path: string
  /** False when a gateway that runs does not notice. */
  readonly isTakenUp: boolean
  /** The gateway asked for a token before. */
  readonly isNewMode: boolean
}

/** Throws `usage.invalid` for a password that is guessed too easily, and `config.invalid`. */
export async function setPassword(desk: ConfigDesk, password: Secret): Promise<PasswordChange> {
  const { gateway } = desk.inForce().config
  const { level, hint, isForOthers } = passwordStrength(password.reveal())
  const isReachable = gateway.bind !== 'loopback' || gateway.tailscale.mode === 'funnel'
  if (level === 'weak' || (isReachable && !isForOthers) || !usableSecret(password.reveal())) {
    throw new Fault(
      'usage.invalid',
      level === 'weak'
        ? 'That password is guessed too easily'
        : 'That password is too short for a gateway others can reach',
      {
        remedy: hint ?? 'Take five or six words that do not belong together.',
      },
    )
  }
  const { mode, password: before } = gateway.auth
  const changes = [{ path: 'gateway.auth.password', value: await hashPassword(password.reveal()) }]
  if (mode === 'token') changes.push({ path: 'gateway.auth.mode', value: 'password' })
  desk.exchange(changes)
  return {
    path: desk.path,
    isTakenUp: gateway.reload.mode !== 'off',
    isNewMode: (mode ?? (before === undefined ? 'token' : 'password')) === 'token',
  }
}
