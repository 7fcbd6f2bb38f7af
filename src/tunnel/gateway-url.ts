/** Gateway addresses as people type them: parsed, made canonical, and refused when they would leak (TR4, AU15). Pure. */

import { Fault } from '../shared/fault.ts'

export type GatewayUrl = {
  /** Canonical `ws://host:port/path` or `wss://…`, always with its port. */
  readonly href: string
  /** What a credential belongs to: scheme, host and port (AU16). */
  readonly origin: string
  readonly isSecure: boolean
  readonly isLoopback: boolean
  /** The host is a name that a resolver has to be asked about. */
  readonly isNamed: boolean
  /** Without brackets, as a resolver wants it. */
  readonly host: string
  readonly port: number
  /** Path of the unix socket that is connected to instead of host and port. */
  readonly socketPath?: string
}

const schemes: Record<string, 'ws:' | 'wss:'> = { 'ws:': 'ws:', 'wss:': 'wss:', 'http:': 'ws:', 'https:': 'wss:' }

/**
 * Reads `ws(s)://`, `http(s)://`, `unix:/path` or a bare `host[:port]` (loopback means `ws`, anything else `wss`). Plain `ws` is refused
 * unless it stays on this machine or `isInsecureAllowed`. Throws `usage.invalid` or `client.insecure-url`.
 */
export function parseGatewayUrl(text: string, isInsecureAllowed = false): GatewayUrl {
  if (/^unix:/i.test(text.trim())) return unixUrl(text.trim())
  const url = toUrl(text.trim())
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new Fault('usage.invalid', `A gateway address carries no user, password, query or fragment (${safe(url)})`, {
      remedy:
        'An address ends up in logs. A profile keeps a secret with --secret-file; a command that names an address finds it in CLAWDBOT_GATEWAY_TOKEN or CLAWDBOT_GATEWAY_PASSWORD.',
    })
  }
  const isSecure = url.protocol === 'wss:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (isSecure ? 443 : 80))
  const origin = `${url.protocol}//${url.hostname}:${port}`
  const isLoopback = isLoopbackHost(host)
  if (!isSecure && !isLoopback && !isInsecureAllowed) {
    throw new Fault('client.insecure-url', `${origin} is neither encrypted nor on this machine`, {
      remedy: 'Use wss://, or reach it through a tunnel. If that network is yours alone, add --insecure.',
    })
  }
  const isNamed = host !== 'localhost' && !isAddress(host)
  return { href: `${origin}${url.pathname}`, origin, isSecure, isLoopback, isNamed, host, port }
}

/** A socket file of this machine: nothing travels, and no name is asked for. */
function unixUrl(text: string): GatewayUrl {
  const socketPath = /^unix:(\/(?!\/).+)$/i.exec(text)?.[1]
  if (socketPath === undefined) throw notAnAddress(text)
  const here = {
    href: 'ws://localhost/',
    isSecure: false,
    isLoopback: true,
    isNamed: false,
    host: 'localhost',
    port: 0,
  }
  return { ...here, origin: `unix:${socketPath}`, socketPath }
}

/** `localhost`, 127.0.0.0/8, `::1`, and their IPv4-mapped forms; expects the host of a parsed URL. */
function isLoopbackHost(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true
  return /^127(\.\d{1,3}){3}$/.test(host) || /^::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}$/.test(host)
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^\d{1,3}(\.\d{1,3}){3}$/.test(host)
}

function toUrl(text: string): URL {
  const parsed = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `ws://${text}`)
  if (!parsed || parsed.hostname === '') throw notAnAddress(text)
  const wanted = schemes[parsed.protocol]
  if (!wanted) throw notAnAddress(text)
  const isBare = !text.includes('://')
  const scheme = isBare && !isLoopbackHost(parsed.hostname.replace(/^\[|\]$/g, '')) ? 'wss:' : wanted
  if (scheme === parsed.protocol) return parsed
  const rest = parsed.href.slice(parsed.protocol.length)
  return new URL(`${scheme}${rest}`)
}

function notAnAddress(text: string): Fault {
  return new Fault('usage.invalid', `${JSON.stringify(text.replace(/\/\/[^@/]*@/, '//…@'))} is not a gateway address`, {
    remedy: 'Write it like ws://127.0.0.1:18789, wss://gateway.example or unix:/path/to/gateway.sock.',
  })
}

/** The address without anything that may be a secret. */
function safe(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`
}
