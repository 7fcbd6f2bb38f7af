/** Makes an ed25519 key pair in OpenSSH's own format, without a process whose arguments could show the passphrase. */

import { hostname } from 'node:os'
import ssh2, { type ParsedKey } from 'ssh2'
import type { Secret } from '../../shared/std/secret.ts'
import type { TunnelContext } from '../tunnel.ts'

const { utils } = ssh2

export type KeyPairText = {
  /** As the file holds it. */
  readonly privateKey: string
  /** One line: `ssh-ed25519 AAAA… comment`. */
  readonly publicLine: string
}

/** Rounds of bcrypt for a passphrase; what ssh-keygen takes. */
const rounds = 16
/** `ssh-ed25519` and 32 bytes, each with its length. */
const blobBytes = 4 + 11 + 4 + 32
/** Twenty in a row would fail once in 10^48 times. */
const triesAtMost = 20

/**
 * ssh2 drops leading zero bytes, so that one pair in about 128 is broken (mscdex/ssh2#1513): each is read back and
 * signs once, and a broken one is made again. `comment` is of letters, digits and `@._-`.
 */
export function makeKeyPair(comment: string, passphrase: Secret | undefined): KeyPairText {
  const secret = passphrase?.reveal() ?? ''
  const lock = secret === '' ? {} : { passphrase: secret, cipher: 'aes256-ctr', rounds }
  for (let tries = 0; tries < triesAtMost; tries++) {
    const made = utils.generateKeyPairSync('ed25519', { comment, ...lock } as never) // typed as always encrypted
    if (isWhole(made.private, made.public, secret)) {
      return {
        privateKey: made.private.endsWith('\n') ? made.private : `${made.private}\n`,
        publicLine: made.public.trim(),
      }
    }
  }
  throw new Error('no key pair could be made')
}

function isWhole(privateText: string, publicText: string, passphrase: string): boolean {
  const [own, shown] = [read(privateText, passphrase), read(publicText)]
  if (!own?.isPrivateKey() || !shown) return false
  const blob = shown.getPublicSSH()
  if (blob.length !== blobBytes || !own.getPublicSSH().equals(blob)) return false
  const data = Buffer.from('signed to see that the two halves belong together')
  const signature = own.sign(data)
  return !(signature instanceof Error) && shown.verify(data, signature) === true
}

function read(text: string, passphrase?: string): ParsedKey | undefined {
  const parsed: ParsedKey | ParsedKey[] | Error = utils.parseKey(text, passphrase)
  if (parsed instanceof Error) return undefined
  return Array.isArray(parsed) ? parsed[0] : parsed
}

/** `ann@laptop`, as ssh-keygen writes it; only what means nothing to a shell. */
export function keyComment(env: TunnelContext['env'], host = hostname()): string {
  const word = (text: string | undefined) => (text ?? '').replace(/[^A-Za-z0-9._-]+/g, '').slice(0, 64)
  return `${word(env.USER ?? env.LOGNAME) || 'me'}@${word(host) || 'clawdbot'}`
}
