/** Who is at the other end of a socket: its address, whether it counts as local, and its bucket for failed logins. */

import { isIP, isIPv4 } from 'node:net'

export type Headers = Readonly<Record<string, string | string[] | undefined>>

export type Source = {
  /** The socket's address (`unix` for the socket file), or the nearest untrusted one of `X-Forwarded-For` behind a trusted proxy. */
  address: string
  /** Requirement AU8: loopback socket, loopback Host, and nothing that a proxy adds. Authenticates nobody. */
  isLocal: boolean
  /** Local, and no browser speaks. Such a peer is slowed after failures, never locked out (AU6). */
  isDirect: boolean
  /** Canonical bucket of the failure limiter (AU5). */
  key: string
  /** Login of the tailnet's user, proven (TS5); only at the listener of Serve. */
  tailnetLogin?: string
}

const proxyHeader =
  /^(forwarded|x-forwarded(-.*)?|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|via|cf-.*|tailscale-.*)$/
const browserHeader = /^(origin|sec-fetch-.*)$/

/**
 * Where a connection came in: at a port of this machine, at the socket file that only this account can open, or at the
 * listener that only Tailscale Serve can reach.
 */
export type Entrance = 'port' | 'socket' | 'serve'

export type SourceFacts = {
  /** `port` when absent. */
  entrance?: Entrance
  /** Empty where the entrance is a socket file. */
  socketAddress: string
  headers: Headers
  trustedProxies: readonly string[]
}

export function describeSource(facts: SourceFacts): Source {
  if (facts.entrance === 'serve') return throughServe(facts.headers)
  const isSocket = facts.entrance === 'socket'
  const socket = isSocket ? '127.0.0.1' : foldMapped(facts.socketAddress)
  const names = Object.keys(facts.headers).filter((name) => facts.headers[name] !== undefined)
  const isProxied = names.some((name) => proxyHeader.test(name))
  const isBrowser = names.some((name) => browserHeader.test(name))
  const isLocal = isLoopback(socket) && !isProxied && isLoopbackHost(single(facts.headers.host))
  const isDirect = isLocal && !isBrowser
  const address = isSocket ? 'unix' : (forwardedAddress(socket, facts) ?? socket)
  const key = isSocket || isLoopback(address) ? (isDirect ? 'loopback' : 'loopback/forwarded') : bucketOf(address)
  return { address, isLocal, isDirect, key }
}

/** Serve writes the address anew, so it is true; what Funnel lets in is one bucket, as its addresses cost nothing (TS6). */
function throughServe(headers: Headers): Source {
  const given = foldMapped(single(headers['x-forwarded-for'])?.trim() ?? '')
  const address = isIP(given) === 0 ? 'unknown' : given
  return { address, isLocal: false, isDirect: false, key: isFunnel(headers) ? 'funnel' : bucketOf(address) }
}

/** Serve says so of what came in from the internet. */
export function isFunnel(headers: Headers): boolean {
  return headers['tailscale-funnel-request'] !== undefined
}

/** IPv4 as it is, IPv6 as its /64: one customer's whole network is one source. */
export function bucketOf(address: string): string {
  const folded = foldMapped(address)
  if (isIP(folded) !== 6) return folded
  return `${ipv6Groups(folded)
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

function isLoopback(address: string): boolean {
  const folded = foldMapped(address)
  if (isIPv4(folded)) return folded.startsWith('127.')
  return isIP(folded) === 6 && ipv6Groups(folded).join() === '0,0,0,0,0,0,0,1'
}

/** `::ffff:1.2.3.4` in any spelling becomes `1.2.3.4`; a zone (`%eth0`) is dropped. */
function foldMapped(address: string): string {
  const bare = address.replace(/%.*$/, '').toLowerCase()
  if (isIP(bare) !== 6) return bare
  const groups = ipv6Groups(bare)
  const [high = 0, low = 0] = groups.slice(6)
  if (groups.slice(0, 6).join() !== '0,0,0,0,0,65535') return bare
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** The eight groups of a valid IPv6 address (RFC 4291, section 2.2). */
function ipv6Groups(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const left = groupsOf(head)
  const right = tail === undefined ? [] : groupsOf(tail)
  return [...left, ...Array<number>(Math.max(0, 8 - left.length - right.length)).fill(0), ...right].slice(0, 8)
}

function groupsOf(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [(a << 8) | b, (c << 8) | d]
  })
}

/** Each proxy appends the address it saw, so the list is read from its end, past the proxies that are ours. */
function forwardedAddress(socket: string, facts: { headers: Headers; trustedProxies: readonly string[] }) {
  const trusted = new Set(facts.trustedProxies.map(foldMapped))
  if (!trusted.has(socket)) return undefined
  const chain = [facts.headers['x-forwarded-for'] ?? []]
    .flat()
    .flatMap((value) => value.split(','))
    .map((part) => foldMapped(part.trim()))
  for (const hop of chain.reverse()) {
    if (isIP(hop) === 0) return undefined
    if (!trusted.has(hop)) return hop
  }
  return undefined
}

function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/.test(host)
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? undefined : value
}
