/** Whose turn it is to have a password hashed: the person at the machine first, nobody who is locked out. */

import type { FailureLimiter } from './limiter.ts'
import type { Source } from './local.ts'
import type { Turn } from './password-check.ts'

export function turnOf({ key, isDirect }: Source, limiter: FailureLimiter): Turn {
  return { source: key, isFirst: isDirect, isAllowed: () => isDirect || limiter.lockedForMs(key, ['shared']) === 0 }
}
