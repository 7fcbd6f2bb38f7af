/** Decides about the key a server shows: known, asked about, or refused with file and line. */

import type { TunnelContext } from '../tunnel.ts'
import { unsupported } from './faults.ts'
import type { SshHost } from './host.ts'
import { fingerprint, keyTypeOf } from './host-key.ts'
import { changedKey, revokedKey, unknownKey } from './key-faults.ts'
import { type KnownHostsLine, knownHostName, verifyHostKey } from './known-hosts.ts'
import { addKnownHost } from './known-hosts-file.ts'

type VerifyContext = Pick<TunnelContext, 'clock' | 'prompts' | 'signal'>

/**
 * Resolves when the key may be trusted (TU1, TU2). A new one is added to known_hosts; the result is what kept it from that.
 */
export async function verifyHost(
  host: SshHost,
  known: readonly KnownHostsLine[],
  key: Buffer,
  context: VerifyContext,
): Promise<string | undefined> {
  const verdict = verifyHostKey(known, host, key)
  switch (verdict.kind) {
    case 'known':
      return undefined
    case 'changed':
      throw changedKey(host, shown(key), verdict)
    case 'revoked':
      throw revokedKey(host, shown(key), verdict)
    case 'ca':
      throw unsupported(
        host,
        'a host certificate (@cert-authority), which this program cannot check',
        'Install OpenSSH on this machine; it is used where it can more.',
      )
    case 'unknown':
      return await meet(host, key, context)
  }
}

async function meet(host: SshHost, key: Buffer, context: VerifyContext): Promise<string | undefined> {
  const { strictHostKeyChecking: strict, knownHostsFiles, batchMode } = host
  const [path] = knownHostsFiles.user
  if (strict === 'yes' || (strict === 'ask' && batchMode)) throw unknownKey(host, shown(key))
  if (strict === 'ask') {
    const question = { keyType: keyTypeOf(key) ?? '', fingerprint: fingerprint(key), knownHostsPath: path ?? 'none' }
    const { prompts, signal } = context
    const isTrusted = await prompts.trustHost({ kind: 'host-key', host: knownHostName(host), ...question }, signal)
    if (!isTrusted) throw unknownKey(host, shown(key))
  }
  return path === undefined ? undefined : await addKnownHost(path, host, key, context)
}

function shown(key: Buffer): string {
  return `${keyTypeOf(key)} ${fingerprint(key)}`
}
