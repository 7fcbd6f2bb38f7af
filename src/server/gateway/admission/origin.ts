/** Which Host and Origin headers get past the door: the defence against hostile pages and rebound names (OR1–OR3). */

import type { Headers } from './local.ts'

export type Gate = { hosts: ReadonlySet<string>; origins: ReadonlySet<string> }

export type GateVerdict = { kind: 'open' } | { kind: 'closed'; status: 403 | 421; reason: string }

/** The exact values accepted for a server that listens on `ports`, plus the configured ones. */
export function createGate(options: {
  ports: readonly number[]
  allowedHosts?: readonly string[]
  allowedOrigins?: readonly string[]
}): Gate {
  const loopback = options.ports.flatMap((port) =>
    ['127.0.0.1', '[::1]', 'localhost'].flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])),
  )
  // A browser leaves out the port of http when it is 80, so the two lists differ there.
  const origins = loopback.map((host) => `http://${host.replace(/:80$/, '')}`)
  return {
    hosts: new Set([...loopback, ...(options.allowedHosts ?? [])]),
    origins: new Set([...origins, ...(options.allowedOrigins ?? [])]),
  }
}

/** Comparison is exact: browsers send one canonical spelling, and whatever else arrives was not sent by one. */
export function passGate(gate: Gate, headers: Headers): GateVerdict {
  const { host, origin } = headers
  if (typeof host !== 'string' || !gate.hosts.has(host)) {
    return { kind: 'closed', status: 421, reason: 'This gateway does not answer to that Host name.' }
  }
  if (origin !== undefined && (typeof origin !== 'string' || !gate.origins.has(origin))) {
    return { kind: 'closed', status: 403, reason: 'Pages of that origin may not use this gateway.' }
  }
  return { kind: 'open' }
}

/** True when a browser says that another site caused the request. Only for requests that change something. */
export function isCrossSite(headers: Headers): boolean {
  const site = headers['sec-fetch-site']
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}
