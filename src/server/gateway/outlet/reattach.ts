/** Lossless reconnects: who was connected, how far they had got, and the replay of exactly what they missed. */

import { BoundedMap } from '../../../shared/std/bounded-map.ts'
import type { Clock } from '../../../shared/std/clock.ts'
import type { Peer } from '../context.ts'
import type { Outgoing } from './outgoing.ts'
import type { Ring } from './ring.ts'
import { Trail } from './trail.ts'

/** Closed connections that may be resumed, and for how long. */
const maxRemembered = 1000
const rememberMs = 10 * 60_000

export type ResumePoint = { connId: string; seq: number }
export type Resumption =
  | { status: 'fresh' | 'lost'; missed: Missed[] }
  /** `missed` are the events after `from` that this peer may hear. */
  | { status: 'resumed'; missed: Missed[] }
type Missed = { position: number; item: Outgoing }

type Held = { identity: string; trail: Trail; start: number }

export class ReattachBook {
  readonly #ring: Ring
  readonly #open = new Map<string, Held>()
  readonly #closed: BoundedMap<string, Held>

  constructor(ring: Ring, clock: Clock) {
    this.#ring = ring
    this.#closed = new BoundedMap({ limit: maxRemembered, ttlMs: rememberMs, clock })
  }

  /** A peer with the cap has said hello; what happens from here on is its to hear. */
  opened(peer: Peer): void {
    const start = this.#ring.end
    this.#open.set(peer.connId, { identity: identityOf(peer), trail: new Trail(start), start })
  }

  sequenced(connId: string, position: number | undefined): void {
    this.#open.get(connId)?.trail.sequenced(position)
  }

  closed(connId: string): void {
    const held = this.#open.get(connId)
    if (!held) return
    this.#open.delete(connId)
    this.#closed.set(connId, held)
  }

  /**
   * What `peer` has to be sent before live events: everything since its hello, or since the point it names on an
   * earlier connection of the same device. Another's connection is as unknown as one that never was.
   */
  resume(peer: Peer, from: ResumePoint | undefined): Resumption {
    const start = this.#open.get(peer.connId)?.start ?? this.#ring.end
    const sinceHello = this.#audible(peer, start) ?? []
    if (!from) return { status: 'fresh', missed: sinceHello }
    const earlier = this.#open.get(from.connId) ?? this.#closed.get(from.connId)
    const position = earlier?.identity === identityOf(peer) ? earlier.trail.positionAt(from.seq) : undefined
    const missed = position === undefined ? undefined : this.#audible(peer, position)
    if (position === undefined || !missed) return { status: 'lost', missed: sinceHello }
    this.#restart(peer, position)
    return { status: 'resumed', missed }
  }

  /** The new connection begins where the old one stopped, should it be cut before its first event arrives. */
  #restart(peer: Peer, position: number): void {
    const held = this.#open.get(peer.connId)
    if (held) this.#open.set(peer.connId, { ...held, trail: new Trail(position), start: position })
  }

  #audible(peer: Peer, position: number): Missed[] | undefined {
    return this.#ring.after(position)?.filter(({ item }) => item.mayReach(peer))
  }
}

/** Who a connection belongs to. Without a device the shared secret speaks, told apart by what the client calls itself. */
function identityOf({ deviceId, client, role }: Peer): string {
  return deviceId ? `device ${deviceId} ${role}` : `secret ${role} ${client.id} ${client.instanceId ?? ''}`
}
