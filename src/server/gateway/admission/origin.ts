/** Which Host and Origin headers get past the door: the defence against hostile pages and rebound names (OR1–OR3). */

import type { Headers } from './local.ts'

export type Gate = {
  hosts: ReadonlySet<string>
  origins: ReadonlySet<string>
  /** Whatever port the Host names: where connections come through a socket file, it is a guess of the client's. */
  isAnyPort: boolean
}

export type GateVerdict = { kind: 'open' } | { kind: 'closed'; status: 403 | 421; reason: string }

export type GateOptions = {
  ports: readonly number[]
  /** They speak TLS. */
  isSecure?: boolean
  /** Addresses and names of this machine itself, without a port, IPv6 without brackets. */
  ownHosts?: readonly string[]
  allowedHosts?: readonly string[]
  allowedOrigins?: readonly string[]
}

/** The exact values accepted for a server that listens on `ports`, plus the configured ones. */
export function createGate({
  ports,
  isSecure = false,
  ownHosts = [],
  allowedHosts = [],
  allowedOrigins = [],
}: GateOptions): Gate {
  const usual = isSecure ? 443 : 80
  const names = [
    '127.0.0.1',
    '[::1]',
    'localhost',
    ...ownHosts.map((host) => (host.includes(':') ? `[${host}]` : host)),
  ]
  const own = ports.flatMap((port) =>
    names.flatMap((name) => (port === usual ? [name, `${name}:${port}`] : [`${name}:${port}`])),
  )
  // A browser leaves out the usual port in an Origin, so the two lists differ there.
  const bare = (host: string) => (host.endsWith(`:${usual}`) ? host.slice(0, -`:${usual}`.length) : host)
  const origins = own.map((host) => `${isSecure ? 'https' : 'http'}://${bare(host)}`)
  return {
    hosts: new Set([...own, ...allowedHosts]),
    origins: new Set([...origins, ...allowedOrigins]),
    isAnyPort: false,
  }
}

/** For a unix socket, which no page and no other machine can reach: any spelling of this machine, with any port. */
export function createSocketGate(options: Pick<GateOptions, 'allowedHosts' | 'allowedOrigins'>): Gate {
  const { allowedHosts = [], allowedOrigins = [] } = options
  return {
    hosts: new Set(['127.0.0.1', '[::1]', 'localhost', ...allowedHosts]),
    origins: new Set(allowedOrigins),
    isAnyPort: true,
  }
}

/** For what Tailscale Serve passes on: this machine's own MagicDNS name, and no other of the tailnet. */
export function createServeGate(host: string, port: number, options: Pick<GateOptions, 'allowedOrigins'>): Gate {
  const place = port === 443 ? host : `${host}:${port}`
  const hosts = new Set(port === 443 ? [host, `${host}:443`] : [place])
  return { hosts, origins: new Set([`https://${place}`, ...(options.allowedOrigins ?? [])]), isAnyPort: false }
}

/** Comparison is exact: browsers send one canonical spelling, and whatever else arrives was not sent by one. */
export function passGate({ hosts, origins, isAnyPort }: Gate, headers: Headers): GateVerdict {
  const { host, origin } = headers
  const isOurs = typeof host === 'string' && (hosts.has(host) || (isAnyPort && hosts.has(host.replace(/:\d+$/, ''))))
  if (!isOurs) {
    return { kind: 'closed', status: 421, reason: 'This gateway does not answer to that Host name.' }
  }
  if (origin !== undefined && (typeof origin !== 'string' || !origins.has(origin))) {
    return { kind: 'closed', status: 403, reason: 'Pages of that origin may not use this gateway.' }
  }
  return { kind: 'open' }
}

/** True when a browser says that another site caused the request. Only for requests that change something. */
export function isCrossSite(headers: Headers): boolean {
  const site = headers['sec-fetch-site']
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}
