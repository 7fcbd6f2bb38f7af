/** Understands what the system's `ssh` says on its standard error: how far it got, and why it stopped. Pure. */

import { Fault } from '../../shared/fault.ts'
import type { LayerEvent } from '../layer.ts'
import { brokenOff, type GatewayPlace, gatewayFault, harmless, placeOf, silentFault, tcpFault } from './faults.ts'
import type { SshHost } from './host.ts'
import { fingerprint } from './host-key.ts'
import { changedKey, revokedKey, unknownKey } from './key-faults.ts'
import type { KnownHostsLine } from './known-hosts.ts'
import { sshCommand } from './typed.ts'

/** From the answer to `ssh -V`; what is not OpenSSH is older than any. */
export function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [, ours = '0', rest = '0'] = /OpenSSH_(?:for_Windows_)?(\d+)\.(\d+)/.exec(version) ?? []
  return Number(ours) > major || (Number(ours) === major && Number(rest) >= minor)
}

/** The channel to the gateway is open. */
export function isChannelOpen(line: string): boolean {
  return /^debug2: channel \d+: open confirm/.test(line)
}

/** What a line says about the way up. */
export function layerOfLine(line: string): LayerEvent | undefined {
  const [, address] = /^debug1: Connecting to \S+ \[([^\]]+)\] port/.exec(line) ?? []
  if (address !== undefined) return { layer: 'tcp', state: 'begun', detail: address }
  if (line.startsWith('debug1: Connection established')) return { layer: 'tcp', state: 'up' }
  if (line.startsWith('debug1: Local version string')) return { layer: 'ssh', state: 'begun' }
  const [, keyType] = /^debug1: Server host key: (\S+) /.exec(line) ?? []
  if (keyType !== undefined) return { layer: 'ssh', state: 'up', detail: keyType }
  if (line.startsWith('debug1: SSH2_MSG_NEWKEYS received')) return { layer: 'auth', state: 'begun' }
  const [, method] = /^Authenticated to .* using "([^"]+)"/.exec(line) ?? []
  return method === undefined ? undefined : { layer: 'auth', state: 'up', detail: method }
}

/** A line that says why it ended; what else `ssh` prints is for its own makers. */
export function isTelling(line: string): boolean {
  return !line.startsWith('debug') || line.startsWith('debug1: Server host key:')
}

type SystemFacts = { readonly host: SshHost; readonly gateway: GatewayPlace; readonly known: readonly KnownHostsLine[] }

/** Why it ended before the channel was open; from `isTelling` lines. */
export function systemFault({ host, gateway, known }: SystemFacts, lines: readonly string[]): Fault {
  const text = lines.join('\n')
  const has = (pattern: RegExp) => pattern.test(text)
  const [, channel = ''] = /channel \d+: open failed: (.+)/.exec(text) ?? []
  if (channel !== '') return gatewayFault(host, gateway, { reason: reasonOf(channel), message: channel })
  const key = hostKeyFault(host, known, text)
  if (key) return key
  if (has(/Could not resolve hostname/)) return tcpFault(host, errorOf('ENOTFOUND', text))
  if (has(/Connection refused/)) return tcpFault(host, errorOf('ECONNREFUSED', text))
  if (has(/timed out|Timeout, server/i)) return silentFault(host, new Error(text))
  if (has(/Permission denied|Too many authentication failures/)) return notLetIn(host, text)
  if (has(/No route to host|Network is unreachable/)) return tcpFault(host, errorOf('EHOSTUNREACH', text))
  const [, list] = /Unable to negotiate with .*: no matching ([^.]+) found/.exec(text) ?? []
  if (list !== undefined) return noAgreement(host, list)
  return brokenOff(host, new Error(lines.at(-1) ?? 'ssh ended without a word'))
}

/** `ssh` warns in capitals, and names the line of another key, but not that of a revoked one. */
function hostKeyFault(host: SshHost, known: readonly KnownHostsLine[], text: string): Fault | undefined {
  const [, type = 'a key', print = ''] = /Server host key: (\S+) (\S+)/.exec(text) ?? []
  const shown = `${type} ${print}`.trim()
  if (/REVOKED HOST KEY DETECTED|marked as revoked/.test(text)) {
    const line = known.find(({ marker, key }) => marker === 'revoked' && fingerprint(key) === print)
    return revokedKey(host, shown, line ?? { file: 'known_hosts', line: 0 })
  }
  const [, file = '', line = ''] = /^Offending .*key in (.+):(\d+)$/m.exec(text) ?? []
  if (/HOST IDENTIFICATION HAS CHANGED/.test(text))
    return changedKey(host, shown, { file: harmless(file), line: Number(line) })
  return /Host key verification failed/.test(text) ? unknownKey(host, shown) : undefined
}

function notLetIn(host: SshHost, text: string): Fault {
  const [, methods = ''] = /Permission denied \(([^)]+)\)/.exec(text) ?? []
  const takes = methods === '' ? '' : `; it takes ${methods.replaceAll(',', ' or ')}`
  return new Fault('ssh.unauthorized', `${placeOf(host)} does not let ${host.user} in${takes}`, {
    remedy: `Check the user and the keys; this should work: ${sshCommand(host.typed, ['true'])}`,
    details: { methods: methods.split(',') },
  })
}

function noAgreement(host: SshHost, list: string): Fault {
  return new Fault('ssh.unsupported', `${placeOf(host)} and this machine's ssh have no ${harmless(list)} in common`, {
    remedy: 'Update OpenSSH on the older of the two.',
    details: { feature: list },
  })
}

function reasonOf(message: string): number {
  if (message.startsWith('administratively prohibited')) return 1
  if (message.startsWith('unknown channel type')) return 3
  return message.startsWith('resource shortage') ? 4 : 2
}

function errorOf(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code })
}
