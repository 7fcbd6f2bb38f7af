/** Nodes as commands and screens write them. Pure. */

import { deviceFingerprint } from '../shared/protocol/device-fingerprint.ts'
import type { NodeRow, PendingNode } from '../shared/protocol/nodes.ts'
import { cleanName } from '../shared/std/clean-name.ts'
import type { Pending as PendingDevice } from './device-words.ts'

/** Somebody has to decide: whether it may connect at all, or what it may be asked. */
export type WaitingRequest = {
  readonly kind: 'device' | 'commands'
  readonly requestId: string
  readonly nodeId: string
  readonly name: string
  readonly address: string
  readonly wants: string
  readonly ts: number
}

export function waitingRequests(
  devices: readonly PendingDevice[],
  nodes: readonly PendingNode[],
): readonly WaitingRequest[] {
  const knocking = devices.filter(({ role, roles }) => role === 'node' || roles?.includes('node'))
  return [
    ...knocking.map((device) => ({
      ...{ kind: 'device' as const, requestId: device.requestId, nodeId: device.deviceId, ts: device.ts },
      ...{ name: cleanName(device.displayName) ?? '(no name)', address: device.remoteIp ?? '', wants: 'to connect' },
    })),
    ...nodes.map((node) => ({
      ...{ kind: 'commands' as const, requestId: node.requestId, nodeId: node.nodeId, ts: node.ts },
      ...{ name: cleanName(node.displayName) ?? '(no name)', address: node.remoteIp ?? '' },
      wants: (node.commands ?? []).join(', ') || 'to be a node',
    })),
  ]
}

export function nodeName({ displayName, nodeId }: { displayName?: string | undefined; nodeId: string }): string {
  return cleanName(displayName) ?? fingerprintOf(nodeId)
}

/** Ids that are no key, as other gateways may have, are shown as they are. */
export function fingerprintOf(nodeId: string): string {
  return /^[0-9a-f]{64}$/.test(nodeId) ? deviceFingerprint(nodeId) : nodeId
}

export function standing({ paired, connected, commands, waitingCommands = [] }: NodeRow): string {
  const waits = waitingCommands.length === 0 ? [] : [commands.length === 0 ? 'waits for approval' : 'wants more']
  return [paired ? 'paired' : 'not paired', connected ? 'connected' : 'away', ...waits].join(' · ')
}

/** A person is asked before a command runs: the node's owner, at the node, or who may decide at the gateway. */
export function askingText(asker: 'gateway' | undefined, name: string): string {
  if (asker === undefined) return `${name} asks its owner first; to answer there: clawdbot node approve`
  return 'The gateway asks somebody who may decide first, in their terminal or chat, as this device may not'
}
