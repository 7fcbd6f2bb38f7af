/** Understands what the system's `ssh` asks through `SSH_ASKPASS`, and says it as a question of ours. Pure. */

import type { HostKeyQuestion, PassphraseQuestion, PasswordQuestion, ServerQuestion } from '../prompts.ts'
import { accountOf } from './faults.ts'
import type { SshHost } from './host.ts'

export type AskpassQuestion =
  | HostKeyQuestion
  | Omit<PassphraseQuestion, 'attempt'>
  | Omit<PasswordQuestion, 'attempt'>
  | ServerQuestion
  /** Something to do, not to answer: touch the security key. */
  | { readonly kind: 'notice' }

/** What people call the kinds that `ssh` writes in capitals. */
const keyTypes: Readonly<Record<string, string>> = { ED25519: 'ssh-ed25519', RSA: 'ssh-rsa', ECDSA: 'ecdsa-sha2' }

/**
 * `hint` is `SSH_ASKPASS_PROMPT`. What a server asks begins with `(user@host)` since OpenSSH 8.5, so that it cannot pass
 * itself off as a question of `ssh`.
 */
export function readAskpass(text: string, hint: string, host: SshHost): AskpassQuestion {
  if (hint === 'none') return { kind: 'notice' }
  const [, place] = /^The authenticity of host '([^' ]+)[^']*' can't be established/.exec(text) ?? []
  if (place !== undefined) {
    const [, type = '', fingerprint = ''] = /^(\S+) key fingerprint is (SHA256:[A-Za-z0-9+/]{43})/m.exec(text) ?? []
    const knownHostsPath = host.knownHostsFiles.user[0] ?? 'none'
    return { kind: 'host-key', host: place, keyType: keyTypes[type] ?? type, fingerprint, knownHostsPath }
  }
  const [, keyPath] = /^Enter passphrase for (?:key )?'?(.+?)'?: $/.exec(text) ?? []
  if (keyPath !== undefined) return { kind: 'passphrase', keyPath }
  const [, account] = /^(\S+@\S+)'s password: $/.exec(text) ?? []
  if (account !== undefined) return { kind: 'password', account: isOf(host, account) ? accountOf(host) : account }
  const prompts = [{ text, isEchoed: false }]
  return { kind: 'server', account: accountOf(host), title: '', instructions: '', prompts }
}

/** Not that of a server on the way, of which the same name may stand for another port. */
function isOf({ user, alias, hostName, proxyJump }: SshHost, account: string): boolean {
  return proxyJump.length === 0 && [alias, hostName].some((name) => account === `${user}@${name}`)
}

/** Since 8.4 `ssh` can be made to ask that way alone, and since 8.5 it marks what servers say. */
export const askpassSince = [8, 5] as const
