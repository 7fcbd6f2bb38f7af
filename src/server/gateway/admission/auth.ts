/** Comparing credentials. Only digests are compared, so neither length nor content shows in the time it takes (AU3). */

import { createHash, timingSafeEqual } from 'node:crypto'
import { Secret } from '../../../shared/std/secret.ts'
import type { SharedSecret } from '../server-parts.ts'

/** Values people copy from documents, and what scripts leave when a variable is unset. They count as no secret (TR2). */
const placeholder =
  /^(undefined|null|none|change-?me|replace-?me|secret|password|token|example-token|your[-_ ]?(token|password).*|<.*>|\$\{.*\}|x{3,})$/i

/** The secret, unless it is blank or a placeholder. */
export function usableSecret(text: string | undefined): Secret | undefined {
  const bare = (text ?? '').trim()
  return text === undefined || bare === '' || placeholder.test(bare) ? undefined : new Secret(text)
}

export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}

export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(expected))
}

export type SecretCheck = 'match' | 'missing' | 'mismatch' | 'not-configured'

/** The shared secret may arrive in either field, whatever the mode (section 4.6). Both are always compared. */
export function checkSharedSecret(
  shared: SharedSecret | undefined,
  given: { token?: string | undefined; password?: string | undefined },
): SecretCheck {
  if (!shared || !usableSecret(shared.secret.reveal())) return 'not-configured'
  const fields = [given.token, given.password].filter((field) => field !== undefined && field !== '') as string[]
  if (fields.length === 0) return 'missing'
  const expected = shared.secret.reveal()
  return fields.map((field) => sameSecret(field, expected)).includes(true) ? 'match' : 'mismatch'
}

/** The credential of `Authorization: Bearer …`, else undefined. A password may hold spaces. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^bearer +(\S.*)$/i.exec((header ?? '').trim())?.[1]
}
