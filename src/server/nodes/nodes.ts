/** The nodes room put together: who is here and what may be asked, and the asking. */

import type { NodesPort } from '../gateway/server-parts.ts'
import { NodeCalls } from './calls.ts'
import { NodeRoster, type RosterParts } from './roster.ts'

export type Nodes = NodesPort & { readonly roster: NodeRoster; readonly calls: NodeCalls }

export function openNodes(
  parts: RosterParts & { dropped(nodeId: string, facts: Readonly<Record<string, unknown>>): void },
): Nodes {
  const roster = new NodeRoster(parts)
  const calls = new NodeCalls({ ...parts, roster })
  return {
    roster,
    calls,
    revoked: (nodeId) => roster.revoked(nodeId),
    joined: (connection) => roster.joined(connection),
    left(connId) {
      roster.left(connId)
      calls.lost(connId)
    },
  }
}
