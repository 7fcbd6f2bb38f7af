/** What a handler is told about its caller. */

import type { MessageOrigin } from '../../shared/model/message.ts'
import type { ClientMode } from '../../shared/protocol/connect.ts'
import type { Role } from '../../shared/protocol/scope.ts'
import type { ProtocolVersion } from '../../shared/protocol/version.ts'

/** One connected program as the handshake established it. Nothing here is merely claimed, except `client`. */
export type Peer = {
  connId: string
  protocol: ProtocolVersion
  role: Role
  scopes: ReadonlySet<string>
  caps: ReadonlySet<string>
  client: {
    id: string
    mode: ClientMode
    version: string
    platform: string
    displayName?: string
    deviceFamily?: string
    modelIdentifier?: string
    instanceId?: string
  }
  /** Proven by signature. */
  deviceId?: string
  /** The socket's address, or the forwarded one behind a trusted proxy. */
  remoteAddress: string
  isLocal: boolean
  authMethod: 'token' | 'password' | 'device-token' | 'tailscale' | 'none'
  connectedAtMs: number
  /** What a node says it can do; merely claimed. */
  offer?: NodeOffer
}

export type NodeOffer = {
  commands: readonly string[]
  permissions?: Readonly<Record<string, boolean>>
  /** Its search path. */
  pathEnv?: string
}

export type HandlerContext = {
  peer: Peer
  /** Who speaks through the peer, where the peer is a chat service. */
  origin?: MessageOrigin
  /** Ends with the connection. */
  signal: AbortSignal
  /** Sends an earlier response under the same id; only `agent` does (section 7.6). */
  accept(payload: unknown): void
}
