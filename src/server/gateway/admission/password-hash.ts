/** Makes and compares the hashes passwords are kept as: scrypt, each with its own salt; slow, so that guessing is slow (AU14). */

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { type PasswordHash, passwordHashText, readPasswordHash } from '../../../shared/password-hash.ts'
import {
  type Shortcoming,
  shortcomingOf,
  shortestForOthers,
  shortestPassword,
} from '../../../shared/password-strength.ts'
import type { SharedSecret } from '../server-parts.ts'

/** 32 MB, and at least 50 ms on any machine: what OWASP names beside one pass over 128 MB. */
const cost = { ln: 15, r: 8, p: 3 } as const
const saltBytes = 16
const digestBytes = 32

/** Of a gateway that keeps its password as one. */
export function hashIn(shared: SharedSecret | undefined): PasswordHash | undefined {
  return shared?.mode === 'password' ? readPasswordHash(shared.secret.reveal()) : undefined
}

/** Characters of a secret, as far as its hash tells. */
export function lengthOf(shared: SharedSecret): number {
  const hash = hashIn(shared)
  if (!hash) return shared.secret.reveal().length
  return hash.isForOthers ? shortestForOthers : shortestPassword
}

/** What the secret lacks where others can knock. */
export function lackOf(shared: SharedSecret): Shortcoming | undefined {
  return shortcomingOf(shared.secret.reveal(), hashIn(shared))
}

/** The text to keep. */
export async function hashPassword(password: string): Promise<string> {
  const salt = unpadded(randomBytes(saltBytes))
  const digest = unpadded(await derive(password, { ...cost, salt }, digestBytes))
  return passwordHashText({ ...cost, salt, digest, isForOthers: [...password].length >= shortestForOthers })
}

export async function matchesHash(password: string, hash: PasswordHash): Promise<boolean> {
  const expected = Buffer.from(hash.digest, 'base64')
  return timingSafeEqual(await derive(password, hash, expected.length), expected)
}

type Cost = Pick<PasswordHash, 'ln' | 'r' | 'p' | 'salt'>

/** Not on the thread that serves everybody. The same letters count as the same however a keyboard composes them. */
function derive(password: string, { ln, r, p, salt }: Cost, bytes: number): Promise<Buffer> {
  const options = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r }
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), Buffer.from(salt, 'base64'), bytes, options, (error, derived) =>
      error ? reject(error) : resolve(derived),
    )
  })
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
