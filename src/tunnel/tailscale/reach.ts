/** From what a profile says and what Tailscale knows to an endpoint, or to the reason why there is none. Pure. */

import { Fault } from '../../shared/fault.ts'
import { formatDuration } from '../../shared/std/duration.ts'
import { didYouMean } from '../../shared/std/text.ts'
import { type GatewayUrl, parseGatewayUrl } from '../gateway-url.ts'
import type { TailscaleWay } from '../way.ts'
import { type Reading, stateFault } from './ask.ts'
import { type PeerName, parsePeerName } from './peer-name.ts'
import type { TailnetPeer, TailscaleStatus } from './status.ts'

export type Endpoint = {
  readonly url: GatewayUrl
  /** Its tailnet address, dialled instead of asking DNS; undefined where only DNS can say. */
  readonly address: string | undefined
  readonly peer: TailnetPeer | undefined
  /** What is wrong with Tailscale here, in case the endpoint does not answer. */
  readonly doubt: Fault | undefined
}

/**
 * Without a port Tailscale Serve is meant: TLS, with the certificate of the MagicDNS name. With a port the gateway itself
 * is dialled without TLS, which only an address that Tailscale itself names may be: WireGuard encrypts what goes there.
 *
 * A whole `….ts.net` name is dialled also where Tailscale cannot be asked: Funnel makes some public, TLS proves the name,
 * and a container may be in a tailnet without having the command. Throws a `Fault` otherwise. `now`: milliseconds since 1970.
 */
export function reach(way: TailscaleWay, reading: Reading, now: number): Endpoint {
  const named = parsePeerName(way.peer)
  if (!named) throw notAPeer(way.peer)
  const fault = stateFault(reading)
  if (fault || reading.kind !== 'status') return byName(named, way, fault)
  const { status, isPartial } = reading
  const peer = findPeer(named, status)
  if (peer === 'several') throw ambiguous(named, status)
  if (peer) return toPeer(peer, named, way, now)
  if (isPartial) return byName(named, way, tooMany())
  const isElsewhere = named.kind === 'name' && named.name.endsWith('.ts.net') && !isOwnName(named.name, status)
  if (isElsewhere && way.port === undefined) return byName(named, way, unknown(named, status))
  throw unknown(named, status)
}

function toPeer(peer: TailnetPeer, named: PeerName, way: TailscaleWay, now: number): Endpoint {
  if (peer.isExpired) {
    throw new Fault('tailscale.peer-offline', `${peer.name} must log in to Tailscale again: its key has expired`, {
      remedy: `On ${peer.name}, run: tailscale up`,
      retryable: true,
    })
  }
  const address = peer.addresses[0]
  if (!peer.isOnline || address === undefined) throw offline(peer, now)
  if (way.port !== undefined) {
    const host = address.includes(':') ? `[${address}]` : address
    return { url: parseGatewayUrl(`ws://${host}:${way.port}`, true), address, peer, doubt: undefined }
  }
  if (peer.dnsName === '') {
    throw new Fault('tailscale.peer-unknown', `${peer.name} has no MagicDNS name, so Serve has no certificate there`, {
      remedy: 'Turn MagicDNS on at https://login.tailscale.com/admin/dns, or give the port the gateway listens on.',
    })
  }
  return { url: parseGatewayUrl(`wss://${peer.dnsName}:${named.servePort}`), address, peer, doubt: undefined }
}

/** Only TLS proves a name, so nothing is sent in plain text to one that Tailscale does not confirm. */
function byName(named: PeerName, way: TailscaleWay, doubt: Fault | undefined): Endpoint {
  if (named.kind !== 'name' || !named.name.includes('.') || way.port !== undefined) throw doubt ?? notAPeer(way.peer)
  const url = parseGatewayUrl(`wss://${named.name}:${named.servePort}`)
  return { url, address: undefined, peer: undefined, doubt }
}

/** Names that are unique go before names people chose. This machine counts too: it may be its own gateway. */
function findPeer(named: PeerName, status: TailscaleStatus): TailnetPeer | 'several' | undefined {
  const all = [...(status.self ? [status.self] : []), ...status.peers]
  if (named.kind === 'address') return all.find(({ addresses }) => addresses.includes(named.address))
  const { name } = named
  const exact = all.find(({ dnsName }) => dnsName === name || dnsName === `${name}.${status.magicDnsSuffix}`)
  if (exact) return exact
  const alike = all.filter(({ name: own, hostName }) => own.toLowerCase() === name || hostName.toLowerCase() === name)
  return alike.length > 1 ? 'several' : alike[0]
}

function isOwnName(name: string, { magicDnsSuffix }: TailscaleStatus): boolean {
  return magicDnsSuffix !== '' && name.endsWith(`.${magicDnsSuffix}`)
}

function notAPeer(text: string): Fault {
  return new Fault('usage.invalid', `${JSON.stringify(text)} is no machine of a tailnet`, {
    remedy: 'Give its name, its https://….ts.net address, or its tailnet IP, as `tailscale status` lists them.',
  })
}

function tooMany(): Fault {
  return new Fault('tailscale.failed', 'This tailnet is too large to look for a machine in it', {
    remedy: 'Give the whole MagicDNS name, such as https://desktop.tail1234.ts.net.',
  })
}

function unknown(named: PeerName, { peers, magicDnsSuffix }: TailscaleStatus): Fault {
  const asked = named.kind === 'name' ? named.name : named.address
  const close = didYouMean(
    asked.split('.')[0] ?? asked,
    peers.map(({ name }) => name),
  )
  const tailnet = magicDnsSuffix === '' ? 'your tailnet' : `the tailnet ${magicDnsSuffix}`
  return new Fault('tailscale.peer-unknown', `There is no machine ${asked} in ${tailnet}`, {
    remedy: `${close === undefined ? '' : `Did you mean ${close}? `}\`tailscale status\` lists the machines.`,
  })
}

function ambiguous(named: PeerName, { peers }: TailscaleStatus): Fault {
  const asked = named.kind === 'name' ? named.name : named.address
  const alike = peers.filter(({ name, hostName }) => [name, hostName].some((own) => own.toLowerCase() === asked))
  const names = alike.slice(0, 5).map(({ dnsName, addresses }) => dnsName || (addresses[0] ?? ''))
  return new Fault('tailscale.peer-unknown', `Several machines are called ${asked}: ${names.join(', ')}`, {
    remedy: 'Give one of these names.',
  })
}

function offline({ name, lastSeenAt, os }: TailnetPeer, now: number): Fault {
  const since = lastSeenAt === undefined ? '' : `, last seen ${formatDuration(Math.max(0, now - lastSeenAt))} ago`
  return new Fault('tailscale.peer-offline', `${name} is offline${since}`, {
    remedy: `Wake it up, and check that Tailscale runs on it${os === '' ? '' : ` (${os})`}.`,
    retryable: true,
    details: lastSeenAt === undefined ? {} : { lastSeenAt },
  })
}
