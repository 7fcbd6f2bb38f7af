/** What kinds of keys a host's identity files are, as far as it shows without a passphrase. */

import { access, readFile } from 'node:fs/promises'
import type { SshHost } from './host.ts'
import { keyTypeOf } from './host-key.ts'

export type IdentityKind = {
  readonly path: string
  /** `ssh-ed25519`, `sk-ssh-ed25519@openssh.com` …; undefined where the file does not say. */
  readonly keyType: string | undefined
  /** A certificate lies beside it, which OpenSSH offers with it. */
  readonly hasCertificate: boolean
}

/** Those that exist, in their order. */
export async function readIdentityKinds({ identityFiles }: Pick<SshHost, 'identityFiles'>): Promise<IdentityKind[]> {
  const found = await Promise.all(identityFiles.map(readKind))
  return found.filter((kind) => kind !== undefined)
}

async function readKind(path: string): Promise<IdentityKind | undefined> {
  const [own, publicHalf, hasCertificate] = await Promise.all([
    readFile(path, 'utf8').catch(() => undefined),
    readFile(`${path}.pub`, 'utf8').catch(() => undefined),
    exists(`${path}-cert.pub`),
  ])
  if (own === undefined) return undefined
  const keyType = typeInOpenSshKey(own) ?? typeInPublicKey(publicHalf ?? own)
  return { path, keyType, hasCertificate }
}

/** `ssh-ed25519 AAAA… comment`. */
function typeInPublicKey(text: string): string | undefined {
  const [, type] = /^([a-z0-9@.-]+) AAAA/.exec(text) ?? []
  return type
}

/** OpenSSH's own format keeps the public key readable in front of the encrypted part (its `PROTOCOL.key`). */
function typeInOpenSshKey(text: string): string | undefined {
  const [, encoded] = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+)-----END/.exec(text) ?? []
  if (encoded === undefined) return undefined
  const data = Buffer.from(encoded, 'base64')
  let at = 'openssh-key-v1\0'.length
  for (let skipped = 0; skipped < 3; skipped++) at += 4 + lengthAt(data, at) // cipher, kdf, its options
  at += 4 // how many keys
  const length = lengthAt(data, at)
  return keyTypeOf(data.subarray(at + 4, at + 4 + length))
}

function lengthAt(data: Buffer, at: number): number {
  return at + 4 <= data.length ? data.readUInt32BE(at) : data.length
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
