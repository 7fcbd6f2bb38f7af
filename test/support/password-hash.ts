/** A password hash as the gateway keeps them, but of the lowest cost it takes: for tests that need many. */

import { scryptSync } from 'node:crypto'
import { passwordHashText } from '../../src/shared/password-hash.ts'

export function cheapHash(password: string, salt = 'saltsaltsaltsalt'): string {
  const cost = { ln: 10, r: 8, p: 1 }
  const digest = scryptSync(password, Buffer.from(salt, 'base64'), 32, { N: 1024, r: 8, p: 1 })
  const isForOthers = password.length >= 24
  return passwordHashText({ ...cost, isForOthers, salt, digest: digest.toString('base64').replace(/=+$/, '') })
}
