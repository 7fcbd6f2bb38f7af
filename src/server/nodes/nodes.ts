/** The nodes room put together: who is here and what may be asked, and the asking. */

import type { Payload } from '../../shared/protocol/table.ts'
import type { NodesPort } from '../gateway/server-parts.ts'
import { NodeCalls } from './calls.ts'
import { NodeRoster, type RosterParts } from './roster.ts'

export type Nodes = NodesPort & {
  readonly roster: NodeRoster
  readonly calls: NodeCalls
  /** Passes a piece of live output on to the connection that waits for the answer. */
  told(connId: string, piece: Payload<'node.invoke.output'>): void
}

export function openNodes(
  parts: RosterParts & { dropped(nodeId: string, facts: Readonly<Record<string, unknown>>): void },
): Nodes {
  const roster = new NodeRoster(parts)
  const calls = new NodeCalls({ ...parts, roster })
  return {
    roster,
    calls,
    told: (onlyTo, payload) => parts.bus.publish({ type: 'wire', event: 'node.invoke.output', payload, onlyTo }),
    revoked: (nodeId) => roster.revoked(nodeId),
    joined: (connection) => roster.joined(connection),
    left(connId) {
      roster.left(connId)
      calls.lost(connId)
    },
  }
}
