/** Another token for the gateway, put where the present one is kept; a gateway that runs notices by itself (AU12). */

import { dirname } from 'node:path'
import { Fault } from '../shared/fault.ts'
import { isRecord } from '../shared/std/json.ts'
import { Secret } from '../shared/std/secret.ts'
import type { ConfigDesk } from './config/desk.ts'
import { sharedSecret } from './config/effective.ts'
import type { EnvFileDesk } from './config/env-file-desk.ts'
import type { ConfigEnv } from './config/load.ts'
import type { Noting } from './journal/noting.ts'
import { ensurePrivateFolder, writePrivateFile } from './storage/private-files.ts'
import { newToken } from './token-file.ts'

export type TokenRotation = {
  readonly kept: 'settings' | 'environment file' | 'file'
  readonly path: string
  /** False when a gateway that runs does not notice. */
  readonly isTakenUp: boolean
  readonly token: Secret
}

export type TokenPlaces = {
  readonly desk: ConfigDesk
  /** `gateway.env`. */
  readonly file: EnvFileDesk
  /** Without that file. */
  readonly env: ConfigEnv
  /** The gateway's own token file. */
  readonly path: string
  readonly noting: Noting
}

/** Throws `usage.invalid` where only a person can replace it, with what to do, and `config.invalid`. */
export function rotateToken({ desk, file, env, path, noting }: TokenPlaces): TokenRotation {
  const { config, parsed, env: known } = desk.inForce()
  const shared = sharedSecret(config, known)
  if (shared?.mode === 'password' || config.gateway.auth.mode === 'password') throw isPassword()
  const token = new Secret(newToken())
  const isTakenUp = config.gateway.reload.mode !== 'off'
  const keep = (kept: TokenRotation['kept'], put: () => void) => noting('auth.token-rotated', { kept }, put)
  const inVariable = (name: string, why: string): TokenRotation => {
    if (env[name] || !file.holds(name)) throw fromVariable(name, why)
    keep('environment file', () => file.set(name, token))
    return { kept: 'environment file', path: file.path, isTakenUp, token }
  }
  const written = tokenIn(parsed)
  // A blank or placeholder value counts as none, there as here.
  if (shared && written && sharedSecret(config, {})) {
    const [, variable] = /(?<!\$)\$\{([A-Za-z_]\w*)\}/.exec(written) ?? []
    if (variable !== undefined) return inVariable(variable, 'gateway.auth.token names it')
    keep('settings', () => desk.set('gateway.auth.token', token.reveal()))
    return { kept: 'settings', path: desk.path, isTakenUp, token }
  }
  if (shared) return inVariable('CLAWDBOT_GATEWAY_TOKEN', 'it is set where this command runs')
  ensurePrivateFolder(dirname(path))
  keep('file', () => writePrivateFile(path, `${token.reveal()}\n`, { keepLast: false }))
  return { kept: 'file', path, isTakenUp: true, token }
}

function tokenIn(parsed: unknown): string | undefined {
  const gateway = isRecord(parsed) ? parsed.gateway : undefined
  const auth = isRecord(gateway) ? gateway.auth : undefined
  return isRecord(auth) && typeof auth.token === 'string' ? auth.token : undefined
}

function isPassword(): Fault {
  return new Fault('usage.invalid', 'This gateway asks for a password, not for a token', {
    remedy: 'Run: clawdbot password set',
  })
}

function fromVariable(name: string, why: string): Fault {
  return new Fault(
    'usage.invalid',
    `The token comes from the variable ${name} (${why}), which a command cannot change`,
    {
      remedy: `Set ${name} to what \`openssl rand -hex 32\` prints, where the gateway is started, then: clawdbot gateway restart`,
    },
  )
}
