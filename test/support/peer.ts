/** A peer as the handshake would describe it. */

import { randomUUID } from 'node:crypto'
import type { Peer } from '../../src/server/gateway/context.ts'

export function peerWith(
  more: Omit<Partial<Peer>, 'scopes' | 'caps'> & { scopes?: string[]; caps?: string[] } = {},
): Peer {
  const { scopes = ['operator.admin'], caps = [], ...rest } = more
  return {
    connId: randomUUID(),
    protocol: 4,
    role: 'operator',
    scopes: new Set(scopes),
    caps: new Set(caps),
    client: { id: 'gateway-client', mode: 'ui', version: '1.0.0', platform: 'linux' },
    remoteAddress: '127.0.0.1',
    isLocal: true,
    authMethod: 'token',
    connectedAtMs: 1,
    ...rest,
  }
}
