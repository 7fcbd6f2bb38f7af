/** What a node says of itself, cleaned, and how a known one is told to clients. Pure. */

import type { NodeRow, PairedNode } from '../../shared/protocol/nodes.ts'
import { cleanName } from '../../shared/std/clean-name.ts'
import type { Peer } from '../gateway/context.ts'
import type { KnownNode, NodeAbout } from './node-store.ts'

export function aboutOf({ client, remoteAddress, caps, offer }: Peer): NodeAbout {
  const { permissions, pathEnv, commands = [] } = offer ?? {}
  return cleaned({ ...client, remoteIp: remoteAddress, caps: [...caps], commands, permissions, pathEnv })
}

export function cleaned(about: NodeAbout): NodeAbout {
  const { displayName, platform, version, deviceFamily, modelIdentifier, remoteIp, permissions, pathEnv } = about
  return {
    ...{ displayName: cleanName(displayName), platform: cleanName(platform), version: cleanName(version) },
    ...{ deviceFamily: cleanName(deviceFamily), modelIdentifier: cleanName(modelIdentifier) },
    remoteIp: cleanName(remoteIp),
    ...(permissions && { permissions }),
    ...(pathEnv !== undefined && { pathEnv: cleanName(pathEnv, 8192) }),
    caps: about.caps.flatMap((cap) => cleanName(cap) ?? []),
    commands: about.commands.filter((command) => /^[\w.-]{1,128}$/.test(command)),
  }
}

export function pairOf({
  nodeId,
  name,
  about,
  approved,
  createdAtMs,
  approvedAtMs,
  lastConnectedAtMs,
}: KnownNode): PairedNode {
  const { platform, version, remoteIp } = about
  return {
    ...{ nodeId, displayName: name, commands: [...approved], createdAtMs, approvedAtMs: approvedAtMs ?? createdAtMs },
    ...(platform !== undefined && { platform }),
    ...(version !== undefined && { version }),
    ...(remoteIp !== undefined && { remoteIp }),
    ...(lastConnectedAtMs !== undefined && { lastConnectedAtMs }),
  }
}

/** Connected first, then by name. */
export function sortRows(rows: readonly NodeRow[]): NodeRow[] {
  return rows.toSorted((a, b) => Number(b.connected) - Number(a.connected) || byName(a, b))
}

function byName(a: NodeRow, b: NodeRow): number {
  const [one, other] = [a.displayName ?? a.nodeId, b.displayName ?? b.nodeId]
  return one < other ? -1 : one > other ? 1 : 0
}
