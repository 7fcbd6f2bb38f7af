/**
 * Nodes whose commands wait for approval. Kept in memory: a node that still wants them offers them again when it comes.
 * A request names its commands for good; a node that offers other ones gets another request (PA5). What else it shows is
 * what the node said of itself last.
 */

import { randomUUID } from 'node:crypto'
import type { PendingNode } from '../../shared/protocol/nodes.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { NodeAbout } from './node-store.ts'

/** How long a request outlives the connection that made it. */
const lifetimeMs = 5 * 60_000
const maxWaiting = 100

type Slot = { request: PendingNode; about: NodeAbout; commands: readonly string[]; expiresAt: number }

export class WaitingNodes {
  /** By node id, oldest first. */
  readonly #slots = new Map<string, Slot>()
  readonly #clock: Clock
  readonly #isHere: (nodeId: string) => boolean

  /** What waits for a node that is here does not run out. */
  constructor(clock: Clock, isHere: (nodeId: string) => boolean) {
    this.#clock = clock
    this.#isHere = isHere
  }

  request(nodeId: string, about: NodeAbout, commands: readonly string[], isRepair: boolean) {
    this.#prune()
    const sorted = commands.toSorted()
    const same = this.#slots.get(nodeId)
    const expiresAt = this.#clock.monotonic() + lifetimeMs
    if (same && same.commands.join('\n') === sorted.join('\n')) {
      const request = requestOf(same.request, about)
      this.#slots.set(nodeId, { ...same, request, about, expiresAt })
      return { request, created: false }
    }
    this.#slots.delete(nodeId)
    const oldest = this.#slots.size >= maxWaiting ? [...this.#slots.keys()][0] : undefined
    if (oldest !== undefined) this.#slots.delete(oldest)
    const facts = { requestId: randomUUID(), nodeId, commands: sorted, isRepair, ts: this.#clock.now() }
    const request = requestOf(facts, about)
    this.#slots.set(nodeId, { request, about, commands: sorted, expiresAt })
    return { request, created: true }
  }

  list(): PendingNode[] {
    this.#prune()
    return [...this.#slots.values()].map(({ request }) => request)
  }

  /** Whether somebody is asked about that command of that node. */
  has(nodeId: string, command: string): boolean {
    this.#prune()
    return this.#slots.get(nodeId)?.commands.includes(command) ?? false
  }

  /** Removes a request; it can be decided about once. */
  take(requestId: string): Slot | undefined {
    this.#prune()
    const slot = [...this.#slots.values()].find(({ request }) => request.requestId === requestId)
    if (slot) this.#slots.delete(slot.request.nodeId)
    return slot
  }

  forget(nodeId: string): void {
    this.#slots.delete(nodeId)
  }

  #prune(): void {
    const now = this.#clock.monotonic()
    for (const [nodeId, slot] of this.#slots) {
      if (this.#isHere(nodeId)) slot.expiresAt = now + lifetimeMs
      else if (slot.expiresAt <= now) this.#slots.delete(nodeId)
    }
  }
}

function requestOf({ requestId, nodeId, commands, isRepair, ts }: PendingNode, about: NodeAbout): PendingNode {
  const { displayName, platform, version, remoteIp } = about
  return {
    ...{ requestId, nodeId },
    ...(displayName !== undefined && { displayName }),
    ...(platform !== undefined && { platform }),
    ...(version !== undefined && { version }),
    ...(remoteIp !== undefined && { remoteIp }),
    ...{ commands, isRepair, ts },
  }
}
