/** A host key that may not be trusted: which, says which line of which file, and what to do about it. Pure. */

import { Fault } from '../../shared/fault.ts'
import { placeOf } from './faults.ts'
import type { SshHost } from './host.ts'
import { sshCommand } from './typed.ts'

export type KnownHostsPlace = { readonly file: string; readonly line: number }

/** `shown`: type and fingerprint. There is no way around this but to correct the file (TU2). */
export function changedKey(host: SshHost, shown: string, { file, line }: KnownHostsPlace): Fault {
  const message = `The host key of ${placeOf(host)} has changed: it shows ${shown}, and line ${line} of ${file} says otherwise`
  return new Fault('ssh.host-key-changed', message, {
    remedy: `Somebody may be in between. Ask whoever runs that server; only if its key is new, remove line ${line} of ${file}.`,
    details: { file, line },
  })
}

export function revokedKey(host: SshHost, shown: string, { file, line }: KnownHostsPlace): Fault {
  const message = `${placeOf(host)} shows ${shown}, which line ${line} of ${file} marks as @revoked`
  return new Fault('ssh.host-key-revoked', message, {
    remedy: 'That key must not be used any more: its server needs a new one, or this is not that server.',
    details: { file, line },
  })
}

export function unknownKey(host: SshHost, shown: string): Fault {
  return new Fault('ssh.host-key-unknown', `The host key of ${placeOf(host)} is not known (${shown})`, {
    remedy: `Compare it with the one its owner gives; then connect again and say yes, or run: ${sshCommand(host.typed)}`,
  })
}
