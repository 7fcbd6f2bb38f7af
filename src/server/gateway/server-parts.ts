/** What the gateway server is given: everything it needs from other rooms, as small ports. */

import type { SessionRow } from '../../shared/protocol/sessions.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Secret } from '../../shared/std/secret.ts'
import type { Bus } from '../bus.ts'
import type { ChannelFacts } from '../channels/facts.ts'
import type { HandlersByNoun } from '../methods/table.ts'
import type { Identify } from './admission/identify.ts'
import type { Peer } from './context.ts'
import type { DeviceBook } from './device-book.ts'
import type { Route } from './http/route.ts'

/** The shared secret, or undefined when none is configured (blank and placeholder values count as none). */
export type SharedSecret = { mode: 'token' | 'password'; secret: Secret }

/** The gateway's own key: the raw public half and signatures in base64url. */
export type GatewayKey = { readonly publicKey: string; sign(text: string): string }

export type ListenAddress = { host: string; port: number }

/** Private key and certificate chain, PEM. */
export type TlsPair = { key: string; cert: string }

/** Lines for the log. Text from peers is escaped and cut by the caller. */
export type GatewayLog = {
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

/** What `health`, `status` and `hello-ok` tell about sessions. `recent` is newest first, at most 10. */
export type SessionFacts = {
  path: string
  count: number
  recent: readonly SessionRow[]
  defaults: { model: string | null; contextTokens: number | null }
}

/** One question through the HTTP endpoint: resolves with the whole reply, rejects with a `Fault`. */
export type Ask = (question: {
  sessionKey: string
  agentId: string
  text: string
  /** The conversation before `text`, oldest first, as the HTTP caller sent it. */
  messages: readonly { role: string; content: string }[]
  signal: AbortSignal
  onText(piece: string): void
}) => Promise<{ text: string; usage?: { input: number; output: number }; stopReason?: string }>

/** The nouns other rooms answer; the gateway answers the rest itself. */
export type OtherHandlers = Pick<
  HandlersByNoun,
  'chat' | 'agent' | 'sessions' | 'agents' | 'exec' | 'nodes' | 'config' | 'logs' | 'usage' | 'security' | 'channels'
>

/** Who writes down who came in, who did not, and whose credential changed. `from` is the address; facts hold no secret. */
export type Doorbook = {
  accepted(from: string, facts: Readonly<Record<string, unknown>>): void
  /** True when it was written, false when it was one of many and only counted. */
  refused(from: string, facts: Readonly<Record<string, unknown>>): boolean
  changed(what: string, facts: Readonly<Record<string, unknown>>): void
}

/** Who keeps an eye on the nodes among the connections. */
export type NodesPort = {
  joined(connection: { readonly peer: Peer; close(code: number, reason: string): void }): void
  left(connId: string): void
  /** A device may no longer be a node. */
  revoked(nodeId: string): void
}

export type GatewayParts = {
  handlers: OtherHandlers
  /** May be empty when there is a `socket`. */
  listen: readonly ListenAddress[]
  /** The port speaks TLS, and nothing else. */
  tls?: TlsPair
  /** Path of a unix socket to listen on too, in a folder of its own account (requirement TR3). */
  socket?: string
  /** Addresses and names by which other machines know this one, without port; `Host` may be any of them (OR2). */
  ownHosts?: readonly string[]
  /** Asked at each handshake, so that a reloaded configuration counts at once. */
  secret(): SharedSecret | undefined
  devices: DeviceBook
  nodes: NodesPort
  key: GatewayKey
  bus: Bus
  clock: Clock
  log: GatewayLog
  doorbook: Doorbook
  sessions(): SessionFacts
  /** How the chat services are. */
  channels(): ChannelFacts
  /** Paths at which chat services call. */
  webhooks: { routes(): readonly Route[] }
  /** Whether tool news of this session goes to protocol 3 peers (its verbose level is on). */
  isVerbose(canonicalKey: string): boolean
  host: { name: string; stateDir: string; configPath: string }
  defaultAgentId: string
  /** Exact `host[:port]` values accepted besides the loopback ones (requirement OR2). */
  allowedHosts?: readonly string[]
  /** Exact origins accepted besides the loopback ones (requirement OR1). */
  allowedOrigins?: readonly string[]
  /** Addresses of proxies whose `X-Forwarded-For` is believed. */
  trustedProxies?: readonly string[]
  /** Who of the tailnet stands behind a request; asked only at the listener of Tailscale Serve. */
  identify?: Identify
  /** Present when `POST /v1/chat/completions` is enabled. */
  ask?: Ask
}
