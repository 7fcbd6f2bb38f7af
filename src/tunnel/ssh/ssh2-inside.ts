/** What this room must know of an ssh2 client and ssh2 tells nobody. The only file that looks inside; ssh2 1.17. */

import { createRequire } from 'node:module'
import type { Client } from 'ssh2'

type FailureHandler = (protocol: unknown, methods: string[], isPartial: boolean) => void

type Inside = {
  _protocol?: { _strictMode?: boolean; _handlers?: { USERAUTH_FAILURE?: FailureHandler } }
  _resetKA?: () => void
}

/** Both sides keep strict order during the key exchange, which defeats Terrapin (TU13). */
export function isStrict(client: Client): boolean {
  return (client as unknown as Inside)._protocol?._strictMode === true
}

/**
 * Tells every refusal of the server. ssh2's agent method keeps them to itself, so that it overlooks a partial success
 * (mscdex/ssh2 pull request 1215). To be called after `connect`.
 */
export function onAuthFailure(client: Client, listener: (methods: string[], isPartial: boolean) => void): void {
  const handlers = (client as unknown as Inside)._protocol?._handlers
  const original = handlers?.USERAUTH_FAILURE
  if (!handlers || !original) throw new Error('This version of ssh2 is built differently inside')
  handlers.USERAUTH_FAILURE = (protocol, methods, isPartial) => {
    listener(methods, isPartial)
    original(protocol, methods, isPartial)
  }
}

/**
 * Any byte is a sign of life, as in OpenSSH. ssh2 counts only answers to its keepalive, which wait behind everything else
 * on a slow line: 2 MB at 100 KB/s would take longer than a dead peer may take to be found.
 */
export function heard(client: Client): void {
  ;(client as unknown as Inside)._resetKA?.()
}

/** Whether ssh2 has its native part, without which it encrypts in JavaScript. */
export function hasNativePart(): boolean {
  try {
    createRequire(import.meta.url).resolve('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node')
    return true
  } catch {
    return false // not built on this machine
  }
}
