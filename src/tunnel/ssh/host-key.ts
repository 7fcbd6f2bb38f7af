/** Public keys as SSH sends them (RFC 4253 §6.6): their type, whether they are whole, their fingerprint. Pure. */

import { createHash } from 'node:crypto'

/** Strings and numbers each kind of key consists of, after its type. */
const parts: Readonly<Record<string, number>> = {
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'ssh-dss': 4,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'sk-ssh-ed25519@openssh.com': 2,
  'sk-ecdsa-sha2-nistp256@openssh.com': 3,
}

/** `ssh-ed25519` …, whatever kind of key it says it is; undefined when it says nothing. */
export function keyTypeOf(blob: Buffer): string | undefined {
  return readString(blob, 0)?.toString('latin1')
}

/** Whether the bytes are one whole key of that type, and the type one that is known here. */
export function isWholeKey(blob: Buffer, type: string): boolean {
  const count = parts[type]
  if (count === undefined || keyTypeOf(blob) !== type) return false
  let at = 4 + type.length
  for (let part = 0; part < count; part++) {
    const value = readString(blob, at)
    if (!value || value.length === 0) return false
    at += 4 + value.length
  }
  return at === blob.length
}

/** `SHA256:` and 43 characters of base64, as OpenSSH prints it. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

/** Names of signatures a key of that type can make, the better ones first. */
export function signaturesOf(keyType: string): string[] {
  return keyType === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [keyType]
}

function readString(blob: Buffer, at: number): Buffer | undefined {
  if (at + 4 > blob.length) return undefined
  const end = at + 4 + blob.readUInt32BE(at)
  return end <= blob.length ? blob.subarray(at + 4, end) : undefined
}
