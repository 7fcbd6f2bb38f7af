/** The nodes of this gateway: who is here, what each may be asked, and who still waits for that. */

import { deviceFingerprint } from '../../shared/protocol/device-fingerprint.ts'
import type { NodeRow, PairedNode, PendingNode } from '../../shared/protocol/nodes.ts'
import { cleanName } from '../../shared/std/clean-name.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Bus } from '../bus.ts'
import { invalidRequest } from '../gateway/call-error.ts'
import type { Peer } from '../gateway/context.ts'
import type { DeviceBook } from '../gateway/device-book.ts'
import type { Database } from '../storage/database.ts'
import { mayBeAsked, type NodeRules } from './allowlist.ts'
import { NotAsked, notConnected } from './invocations.ts'
import { aboutOf, cleaned, pairOf, sortRows } from './node-about.ts'
import { type KnownNode, type NodeAbout, NodeStore } from './node-store.ts'
import { WaitingNodes } from './waiting-nodes.ts'

export type RosterParts = {
  db: Database
  clock: Clock
  bus: Bus
  devices: DeviceBook
  /** `gateway.nodes`; asked each time. */
  rules(): NodeRules
  /** Writes it down in the audit log. */
  note(what: string, facts: Readonly<Record<string, unknown>>): void
}

/** A connection as this room sees it. */
export type NodeConnection = { readonly peer: Peer; close(code: number, reason: string): void }

export class NodeRoster {
  readonly #parts: RosterParts
  readonly #store: NodeStore
  readonly #waiting: WaitingNodes
  /** By node id, newest last: the newest is the one that is asked. */
  readonly #here = new Map<string, NodeConnection[]>()

  constructor(parts: RosterParts) {
    this.#parts = parts
    this.#store = new NodeStore(parts.db, parts.clock)
    this.#waiting = new WaitingNodes(parts.clock, (nodeId) => this.#here.has(nodeId))
  }

  /** What it offers and nobody approved becomes a request. */
  joined(connection: NodeConnection): void {
    const { peer } = connection
    const { deviceId: nodeId } = peer
    if (peer.role !== 'node' || nodeId === undefined) return
    this.#here.set(nodeId, [...(this.#here.get(nodeId) ?? []), connection])
    const node = this.#store.seen(nodeId, aboutOf(peer))
    this.#askForMissing(node)
  }

  left(connId: string): void {
    for (const [nodeId, connections] of this.#here) {
      const rest = connections.filter(({ peer }) => peer.connId !== connId)
      if (rest.length > 0) this.#here.set(nodeId, rest)
      else this.#here.delete(nodeId)
    }
  }

  list(): NodeRow[] {
    return sortRows(this.#store.list().map((node) => this.#rowOf(node)))
  }

  find(nodeId: string): NodeRow | undefined {
    const node = this.#store.find(nodeId)
    return node && this.#rowOf(node)
  }

  /** As people call it. */
  nameOf(nodeId: string): string {
    return this.#store.find(nodeId)?.name ?? nodeId.slice(0, 12)
  }

  rename(nodeId: string, displayName: string): string {
    if (!this.#store.find(nodeId)) throw invalidRequest('unknown nodeId')
    const name = cleanName(displayName, 128)
    if (name === undefined) throw invalidRequest('the name holds nothing that can be shown')
    this.#store.rename(nodeId, name)
    return name
  }

  pairs(): { pending: PendingNode[]; paired: PairedNode[] } {
    const approved = this.#store.list().filter(({ approvedAtMs }) => approvedAtMs !== undefined)
    return { pending: this.#waiting.list(), paired: approved.map(pairOf) }
  }

  pair(nodeId: string): PairedNode | undefined {
    const node = this.#store.find(nodeId)
    return node?.approvedAtMs === undefined ? undefined : pairOf(node)
  }

  /** For a node that has not been here yet; of what is claimed for it, only what its kind of machine may be asked. */
  request(nodeId: string, claimed: NodeAbout): { request: PendingNode; created: boolean } {
    const known = this.#store.find(nodeId)
    const about = known?.about ?? cleaned(claimed)
    const missing = this.#allowed(about).filter((command) => !known?.approved.includes(command))
    return this.#announce(nodeId, about, missing, known?.approvedAtMs !== undefined)
  }

  /** Nothing is granted beyond the commands of the request, which the approver was shown. */
  approve(requestId: string, by: string): PairedNode | undefined {
    const slot = this.#waiting.take(requestId)
    if (!slot) return undefined
    const { nodeId } = slot.request
    const node = this.#store.approve(nodeId, slot.about, slot.commands)
    this.#resolved(slot.request, 'approved')
    this.#parts.note('node.may-be-asked', { nodeId, node: node.name, commands: slot.commands, by })
    return pairOf(node)
  }

  reject(requestId: string): PendingNode | undefined {
    const slot = this.#waiting.take(requestId)
    if (!slot) return undefined
    this.#resolved(slot.request, 'rejected')
    return slot.request
  }

  /** Forgets it and ends what it holds: to come back it has to be approved as a device first. */
  remove(nodeId: string, by: string): boolean {
    const isKnown = this.#store.forget(nodeId)
    this.#waiting.forget(nodeId)
    const revokedAt = this.#parts.devices.revoke(nodeId, 'node')
    for (const connection of this.#here.get(nodeId) ?? []) connection.close(4001, 'credentials changed')
    if (isKnown || revokedAt !== undefined) this.#parts.note('node.removed', { nodeId, by })
    return isKnown || revokedAt !== undefined
  }

  /** The device lost its credential: what was approved for it went with it. */
  revoked(nodeId: string): void {
    this.#store.unapprove(nodeId)
    this.#waiting.forget(nodeId)
  }

  /** Why the node may not be asked this; undefined when it may. */
  refusal(nodeId: string, command: string): NotAsked | undefined {
    const node = this.#store.find(nodeId)
    if (!node || !this.connectionOf(nodeId)) return notConnected()
    const { commands } = node.about
    if (commands.length === 0) return notAllowed('node did not declare commands', command)
    if (!commands.includes(command)) return notAllowed('command not declared by node', command)
    if (!mayBeAsked(command, node.about, this.#parts.rules())) return notAllowed('command not allowlisted', command)
    if (!node.approved.includes(command))
      return notAllowed('command not approved', command, this.#toApprove(nodeId, command))
    return undefined
  }

  /** By its id, as a name may be anything. */
  #toApprove(nodeId: string, command: string): string {
    const line = `clawdbot nodes approve ${deviceFingerprint(nodeId)}`
    if (this.#waiting.has(nodeId, command)) return `To allow what waits: ${line}`
    return `Nothing waits for approval now; the node asks again when it connects anew. Then: ${line}`
  }

  /** The connection that is asked, if it is here. */
  connectionOf(nodeId: string): NodeConnection | undefined {
    return this.#here.get(nodeId)?.at(-1)
  }

  #allowed(about: NodeAbout): string[] {
    const rules = this.#parts.rules()
    return about.commands.filter((command) => mayBeAsked(command, about, rules))
  }

  #askForMissing(node: KnownNode): void {
    const missing = this.#allowed(node.about).filter((command) => !node.approved.includes(command))
    if (missing.length > 0) this.#announce(node.nodeId, node.about, missing, node.approvedAtMs !== undefined)
    else this.#waiting.forget(node.nodeId)
  }

  #announce(nodeId: string, about: NodeAbout, commands: readonly string[], isRepair: boolean) {
    const asked = this.#waiting.request(nodeId, about, commands, isRepair)
    if (asked.created) {
      this.#parts.bus.publish({ type: 'wire', event: 'node.pair.requested', payload: asked.request })
    }
    return asked
  }

  #resolved({ requestId, nodeId }: PendingNode, decision: 'approved' | 'rejected'): void {
    const payload = { requestId, nodeId, decision, ts: this.#parts.clock.now() }
    this.#parts.bus.publish({ type: 'wire', event: 'node.pair.resolved', payload })
  }

  #rowOf(node: KnownNode): NodeRow {
    const { nodeId, name, about, approved } = node
    const { commands: _, caps, ...facts } = about
    const connection = this.connectionOf(nodeId)
    const allowed = this.#allowed(about)
    const waiting = allowed.filter((command) => !approved.includes(command))
    return {
      ...{ nodeId, ...facts, displayName: name, caps: [...caps] },
      commands: allowed.filter((command) => approved.includes(command)),
      ...(waiting.length > 0 && { waitingCommands: waiting }),
      ...(connection && { connectedAtMs: connection.peer.connectedAtMs }),
      ...(node.lastConnectedAtMs !== undefined && { lastConnectedAtMs: node.lastConnectedAtMs }),
      paired: this.#isPaired(nodeId),
      connected: connection !== undefined,
    }
  }

  /** As a device. It says nothing about what it may be asked (PA10). */
  #isPaired(nodeId: string): boolean {
    const device = this.#parts.devices.find(nodeId)
    const isRevoked = device?.tokens.some(({ role, revokedAtMs }) => role === 'node' && revokedAtMs !== undefined)
    return (device?.roles?.includes('node') ?? false) && !isRevoked
  }
}

function notAllowed(reason: string, command: string, remedy?: string): NotAsked {
  const details = { reason, command, ...(remedy !== undefined && { remedy }) }
  return new NotAsked('INVALID_REQUEST', 'node command not allowed', { details })
}
