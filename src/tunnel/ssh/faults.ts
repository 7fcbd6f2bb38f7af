/** What can go wrong on the way through SSH, said for the person who meets it: the facts, and what to do. Pure. */

import { Fault } from '../../shared/fault.ts'
import { ellipsize } from '../../shared/std/text.ts'
import { hopText, type SshHost } from './host.ts'
import { sshCommand } from './typed.ts'

/** What people call a host, and where it is: `vps (203.0.113.7:22)`, or `203.0.113.7:22` when that is its name. */
export function placeOf({ alias, hostName, port }: SshHost): string {
  const address = hostAndPort(hostName, port)
  return alias.toLowerCase() === hostName ? address : `${alias} (${address})`
}

/** `deploy@vps`, with the port where no configuration has it. */
export function accountOf({ typed }: SshHost): string {
  return hopText(typed)
}

/** Text from the far end, in one harmless line: a server may not draw on this terminal. */
export function harmless(text: string): string {
  return ellipsize(text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim(), 300)
}

/** No TCP connection to the SSH server itself. */
export function tcpFault(host: SshHost, error: NodeJS.ErrnoException): Fault {
  const code = error.code ?? ''
  if (['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME'].includes(code)) return noSuchHost(host, undefined, error)
  if (code === 'ECONNREFUSED') return refused(host, undefined, error)
  if (code === 'ETIMEDOUT') return silentFault(host, error)
  return new Fault('ssh.unreachable', `${placeOf(host)} cannot be reached (${code || error.message})`, {
    remedy: 'Check the address, the network and any firewall between.',
    retryable: true,
    cause: error,
  })
}

/** `via` is the hop that was asked to reach `host`. */
export function hopFault(via: SshHost, host: SshHost, { reason, message }: ChannelRefusal): Fault {
  const cause = new Error(message)
  if (reason === 1) return forwardingDenied(via, `to ${placeOf(host)}`, 'AllowTcpForwarding and PermitOpen', cause)
  if (/refused/i.test(message)) return refused(host, via, cause)
  if (/timed out/i.test(message)) return silentFault(host, cause, via)
  if (/not known|resol|no address/i.test(message)) return noSuchHost(host, via, cause)
  return new Fault('ssh.unreachable', `${via.alias} cannot reach ${placeOf(host)} (${harmless(message)})`, {
    remedy: `Check from ${via.alias} with: nc -vz ${host.hostName} ${host.port}`,
    retryable: true,
    cause,
  })
}

/** How an SSH server says no to a channel. RFC 4254 §5.1: 1 prohibited, 2 connect failed, 3 unknown type, 4 no resources. */
export type ChannelRefusal = { readonly reason: number; readonly message: string }

/** The SSH server does not open a channel. */
export class ChannelError extends Error implements ChannelRefusal {
  readonly reason: number

  constructor({ message, reason }: ChannelRefusal) {
    super(message)
    this.reason = reason
  }
}

/** With `host` it is not the gateway but another place, to which a forward of the person leads. */
export type GatewayPlace = { readonly port: number; readonly host?: string } | { readonly path: string }

/** The SSH server was reached and does not open a channel to the gateway. */
export function gatewayFault(host: SshHost, gateway: GatewayPlace, { reason, message }: ChannelRefusal): Fault {
  const cause = new Error(message)
  const isElsewhere = 'port' in gateway && gateway.host !== undefined
  const place = placeName(gateway)
  if (reason === 1 || reason === 3) {
    const setting = 'path' in gateway ? 'AllowStreamLocalForwarding' : 'AllowTcpForwarding and PermitOpen'
    return forwardingDenied(host, `to ${place}${isElsewhere ? '' : ' of its own'}`, setting, cause)
  }
  if (reason === 4) {
    return new Fault('ssh.unreachable', `${host.alias} has no resources for another channel (${harmless(message)})`, {
      remedy: 'It is tried again by itself.',
      retryable: true,
      cause,
    })
  }
  if (isElsewhere) {
    return new Fault('ssh.unreachable', `${host.alias} cannot reach ${place} (${harmless(message)})`, {
      remedy: `Check on ${host.alias} that something listens there.`,
      retryable: true,
      cause,
    })
  }
  // For a socket OpenSSH answers the same whether it may not be opened or nobody listens.
  const doubt = 'path' in gateway ? ', or the SSH server may not open that socket (AllowStreamLocalForwarding)' : ''
  return new Fault('ssh.gateway-down', `No gateway listens at ${place} of ${host.alias}${doubt}`, {
    remedy: `Start it there: ${sshCommand(host.typed, ['clawdbot', 'gateway', 'start'])}`,
    retryable: true,
    cause,
    details: { reason },
  })
}

/** `port 18789`, `db.internal:5432`, `[::1]:80`, `/run/gateway.sock`. */
function placeName(place: GatewayPlace): string {
  if ('path' in place) return place.path
  return place.host === undefined ? `port ${place.port}` : hostAndPort(place.host, place.port)
}

export function hostAndPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

function forwardingDenied(host: SshHost, what: string, setting: string, cause: Error): Fault {
  return new Fault('ssh.forwarding-denied', `${host.alias} forbids ${host.user} to forward ${what}`, {
    remedy: `Allow it in ${host.alias}'s sshd_config (${setting}), or remove "restrict" or "no-port-forwarding" from the key there.`,
    cause,
  })
}

function refused(host: SshHost, via: SshHost | undefined, cause: Error): Fault {
  return new Fault('ssh.refused', `No SSH server listens at ${placeOf(host)}${seenFrom(via)}`, {
    remedy: 'Check that sshd runs there, and its port (Port in ~/.ssh/config).',
    retryable: true,
    cause,
  })
}

function noSuchHost(host: SshHost, via: SshHost | undefined, cause: Error): Fault {
  const message = `There is no host named ${host.hostName}${seenFrom(via)}, or the name server does not answer`
  return new Fault('ssh.unreachable', message, {
    remedy: 'Check the name (HostName in ~/.ssh/config) and the network.',
    retryable: true,
    cause,
    details: { layer: 'dns' },
  })
}

function seenFrom(via: SshHost | undefined): string {
  return via ? ` as seen from ${via.alias}` : ''
}

/** Nothing came back in time: from the network, or from an SSH server that hangs. */
export function silentFault(host: SshHost, cause?: unknown, via?: SshHost): Fault {
  return new Fault('ssh.timeout', `${placeOf(host)} does not answer${seenFrom(via)}`, {
    remedy: 'Check that it is up, and that no firewall swallows the connection.',
    retryable: true,
    cause,
  })
}

/** The connection ended while it was being set up, for a reason that only `error` tells. */
export function brokenOff(host: SshHost, error: Error): Fault {
  const lacks = missingAlgorithm(error)
  if (lacks !== undefined)
    return unsupported(host, lacks, 'Install OpenSSH on this machine; it is used where it can more.', error)
  if (/too many authentication failures/i.test(error.message)) return tooManyTries(host, error)
  if (/before handshake|identification|greeting|header/i.test(error.message)) {
    return new Fault('ssh.unreachable', `${placeOf(host)} does not answer like an SSH server`, {
      remedy: 'Check the port (Port in ~/.ssh/config); sshd may also be overloaded, or refuse this address.',
      retryable: true,
      cause: error,
    })
  }
  return new Fault('ssh.unreachable', `${placeOf(host)} broke off the connection (${harmless(error.message)})`, {
    remedy: 'It is tried again by itself; the log of the SSH server there may say why.',
    retryable: true,
    cause: error,
  })
}

function tooManyTries(host: SshHost, cause: Error): Fault {
  return new Fault('ssh.unauthorized', `${placeOf(host)} broke off after too many tries to log in as ${host.user}`, {
    remedy: 'Name the right key in ~/.ssh/config with IdentityFile, and set IdentitiesOnly yes.',
    cause,
  })
}

export function tamperable(host: SshHost, cipher: string): Fault {
  return new Fault(
    'ssh.unsupported',
    `${placeOf(host)} encrypts with ${cipher} and does not protect the order of packets`,
    {
      remedy:
        'Its SSH server is open to the Terrapin attack (CVE-2023-48795): update it, or let it offer aes128-gcm@openssh.com.',
    },
  )
}

/** An open SSH connection is gone, and not because we closed it. */
export function lostFault(host: SshHost, cause: Error | undefined): Fault {
  const isSilent = cause !== undefined && /keepalive/i.test(cause.message)
  const why = isSilent ? 'went silent' : `was lost${cause ? ` (${harmless(cause.message)})` : ''}`
  return new Fault('ssh.lost', `The SSH connection to ${host.alias} ${why}`, {
    remedy: 'It is opened again by itself.',
    retryable: true,
    cause,
  })
}

/** What the SSH connection needs and neither engine has. */
export function unsupported(host: SshHost, feature: string, remedy: string, cause?: unknown): Fault {
  return new Fault('ssh.unsupported', `${host.alias} needs ${feature}`, { remedy, cause, details: { feature } })
}

/** ssh2 names the list that has nothing in common; a person needs to hear which side lacks what. */
function missingAlgorithm({ message }: Error): string | undefined {
  const [, list = ''] = /no matching (.+)$/i.exec(message) ?? []
  if (list === '') return undefined
  if (/key exchange/.test(list)) return 'a key exchange that this program lacks (post-quantum only, or very old)'
  if (/host key/.test(list)) return 'a kind of host key that this program lacks'
  return `an algorithm that this program lacks (${harmless(list)})`
}
