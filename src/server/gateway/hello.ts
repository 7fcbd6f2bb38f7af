/** What an accepted peer is told first: what this gateway can do, and the state of things (section 4.9). */

import { commit, version } from '../../shared/build.ts'
import { maxPayloadBytes } from '../../shared/protocol/frame.ts'
import { hasScope } from '../../shared/protocol/scope.ts'
import { eventTable, methodTable } from '../../shared/protocol/table.ts'
import type { Peer } from './context.ts'
import type { IssuedToken } from './device-book.ts'
import type { HealthMonitor } from './health-monitor.ts'
import { maxQueuedBytes } from './outlet/send-queue.ts'
import type { Presence } from './presence.ts'
import type { GatewayParts } from './server-parts.ts'

/** Milliseconds between ticks; protocol 3 clients leave after missing two (section 2.7). */
export const tickIntervalMs = 30_000
/** Largest attachment of a message, decoded. */
const maxAttachmentBytes = 5_000_000

export type HelloFacts = {
  peer: Peer
  deviceToken: IssuedToken | undefined
  presence: Presence
  health: HealthMonitor
  uptimeMs: number
  parts: Pick<GatewayParts, 'host' | 'defaultAgentId'>
}

export function describeHello({ peer, deviceToken, presence, health, uptimeMs, parts }: HelloFacts) {
  const { host, defaultAgentId } = parts
  const current = health.current()
  const features = { methods: [...methodTable.keys()], events: [...eventTable.keys()] }
  const paths = { configPath: host.configPath, stateDir: host.stateDir }
  return {
    type: 'hello-ok' as const,
    protocol: peer.protocol,
    server: {
      version,
      ...(commit !== '' && { commit }),
      ...(peer.protocol === 3 && { host: host.name }),
      connId: peer.connId,
    },
    features: peer.protocol === 4 ? { ...features, capabilities: [] } : features,
    snapshot: {
      presence: presence.brief(),
      health: current,
      stateVersion: { presence: presence.version, health: health.version },
      uptimeMs,
      // Where the gateway keeps its files is for those who may change them.
      ...((peer.protocol === 3 || hasScope(peer.scopes, 'admin')) && paths),
      sessionDefaults: {
        defaultAgentId,
        mainKey: 'main',
        mainSessionKey: `agent:${defaultAgentId}:main`,
        scope: 'per-sender',
      },
    },
    ...describeAuth(peer, deviceToken),
    policy: {
      maxPayload: maxPayloadBytes,
      maxBufferedBytes: maxQueuedBytes,
      tickIntervalMs,
      ...(peer.protocol === 4 && {
        attachments: { maxBytes: maxAttachmentBytes, maxImageBytes: maxAttachmentBytes },
      }),
    },
  }
}

/** Protocol 3 sends this only with a device token, protocol 4 always. */
function describeAuth(peer: Peer, token: IssuedToken | undefined) {
  if (!token && peer.protocol === 3) return {}
  const auth = { role: peer.role, scopes: [...peer.scopes] }
  const method = peer.protocol === 4 ? { method: peer.authMethod } : {}
  const issued = token ? { deviceToken: token.token, issuedAtMs: token.issuedAtMs } : {}
  return { auth: { ...auth, ...method, ...issued } }
}
