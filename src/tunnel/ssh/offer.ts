/** The algorithms offered to an SSH server: what is configured, of what ssh2 can, known host keys first. Pure. */

import { chooseAlgorithms } from './algorithms.ts'
import type { SshHost } from './host.ts'
import { type KnownHostsLine, orderByKnown } from './known-hosts.ts'

/** As OpenSSH offers by default, without what ssh2 lacks. AES-GCM first: it needs no MAC and is fastest in Node. */
const kex = [
  ...['curve25519-sha256', 'curve25519-sha256@libssh.org'],
  ...['ecdh-sha2-nistp256', 'ecdh-sha2-nistp384', 'ecdh-sha2-nistp521'],
  ...['diffie-hellman-group-exchange-sha256', 'diffie-hellman-group16-sha512'],
  ...['diffie-hellman-group18-sha512', 'diffie-hellman-group14-sha256'],
]
const hostKeys = [
  ...['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  ...['rsa-sha2-512', 'rsa-sha2-256'],
]
const ciphers = [
  ...['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  'chacha20-poly1305@openssh.com',
]
const macs = [
  ...['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  ...['hmac-sha1-etm@openssh.com', 'hmac-sha1'],
]

/** Only for those who ask for them by name. */
const oldKex = ['diffie-hellman-group14-sha1', 'diffie-hellman-group-exchange-sha1', 'diffie-hellman-group1-sha1']
const oldHostKeys = ['ssh-rsa']
const oldCiphers = ['aes128-cbc', 'aes192-cbc', 'aes256-cbc', '3des-cbc']

export type Offer = { kex: string[]; serverHostKey: string[]; cipher: string[]; hmac: string[]; compress: string[] }

/** An empty list: what is configured cannot be done by ssh2. */
export function offerFor(host: SshHost, known: readonly KnownHostsLine[]): Offer {
  const chosenKeys = chooseAlgorithms(host.hostKeyAlgorithms, hostKeys, [...hostKeys, ...oldHostKeys])
  return {
    kex: chooseAlgorithms(host.kexAlgorithms, kex, [...kex, ...oldKex]),
    serverHostKey: orderByKnown(chosenKeys, known, host),
    cipher: chooseAlgorithms(host.ciphers, ciphers, [...ciphers, ...oldCiphers]),
    hmac: chooseAlgorithms(host.macs, macs),
    compress: ['none'],
  }
}

/** ChaCha20 and CBC with encrypt-then-MAC can be tampered with unless both sides keep strict order (Terrapin, TU13). */
export function isTamperable(cipher: string, mac: string, isStrict: boolean): boolean {
  if (isStrict) return false
  return cipher.startsWith('chacha20') || (cipher.endsWith('-cbc') && mac.endsWith('-etm@openssh.com'))
}
