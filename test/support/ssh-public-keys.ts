/** Public keys of every kind, as SSH sends them; nobody has the private halves. */

import { createECDH, randomBytes } from 'node:crypto'

export const keyTypes = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
] as const
export type KeyType = (typeof keyTypes)[number]

export function publicKey(type: KeyType): Buffer {
  if (type === 'ssh-ed25519') return wire(type, randomBytes(32))
  if (type === 'ssh-rsa') return wire(type, Buffer.from([1, 0, 1]), oddNumber(128))
  const curve = {
    'ecdsa-sha2-nistp256': 'prime256v1',
    'ecdsa-sha2-nistp384': 'secp384r1',
    'ecdsa-sha2-nistp521': 'secp521r1',
  }[type]
  return wire(type, type.slice('ecdsa-sha2-'.length), createECDH(curve).generateKeys())
}

/** RFC 4251 strings, one after the other. */
export function wire(...parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  )
}

/** With its highest bit set, and the zero that keeps it from being negative. */
function oddNumber(bytes: number): Buffer {
  const number = randomBytes(bytes)
  number[0] = (number[0] ?? 0) | 0x80
  number[bytes - 1] = (number[bytes - 1] ?? 0) | 1
  return Buffer.concat([Buffer.from([0]), number])
}
