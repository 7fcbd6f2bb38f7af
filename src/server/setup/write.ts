/** Carries out what a person confirmed in `clawdbot onboard`: private variables first, then every setting in one write. */

import { Secret } from '../../shared/std/secret.ts'
import type { ConfigDesk } from '../config/desk.ts'
import type { EnvFileDesk } from '../config/env-file-desk.ts'
import { passwordChanges } from '../password-set.ts'
import { newToken } from '../token-file.ts'

export type SetupChanges = {
  readonly edits: readonly { readonly path: string; readonly value: unknown }[]
  readonly variables: readonly { readonly name: string; readonly value: Secret }[]
  readonly secret: { readonly kind: 'token' } | { readonly kind: 'password'; readonly password: Secret } | undefined
}

export type SetupResult = {
  /** Dotted paths that a running gateway takes up only when it starts again. */
  readonly needRestart: readonly string[]
}

/** Throws `config.invalid` or `usage.invalid`; the settings are then as they were. */
export async function writeSetup(
  { edits, variables, secret }: SetupChanges,
  { settings, file }: { readonly settings: ConfigDesk; readonly file: EnvFileDesk },
): Promise<SetupResult> {
  const password =
    secret?.kind === 'password' ? await passwordChanges(settings.inForce().config.gateway, secret.password) : []
  for (const { name, value } of variables) file.set(name, value)
  if (secret?.kind === 'token') file.set('CLAWDBOT_GATEWAY_TOKEN', new Secret(newToken()))
  const { needRestart } = settings.exchange([...edits, ...password])
  return { needRestart }
}
