/** The secret of a gateway nobody gave one: 256 random bits in a private file that programs of this account read. */

import { randomBytes } from 'node:crypto'
import { Secret } from '../shared/std/secret.ts'
import type { SharedSecret } from './gateway/server-parts.ts'
import { readPrivateFile, writePrivateFile } from './storage/private-files.ts'

/** Reads the file, or makes it. Only for gateways that listen on loopback alone. */
export function localToken(path: string): SharedSecret {
  const kept = readPrivateFile(path)?.trim()
  if (kept) return { mode: 'token', secret: new Secret(kept) }
  const token = newToken()
  writePrivateFile(path, `${token}\n`)
  return { mode: 'token', secret: new Secret(token) }
}

/** 256 random bits (AU14). */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}
