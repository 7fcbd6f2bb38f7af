/** Hands each item to the connections that may hear it, and keeps those that may be asked for again. */

import type { Clock } from '../../../shared/std/clock.ts'
import type { Peer } from '../context.ts'
import { type Dialect, dialectOf } from './dialect.ts'
import type { Outgoing } from './outgoing.ts'
import { ReattachBook, type ResumePoint } from './reattach.ts'
import { Ring } from './ring.ts'

/** How long a peer that can reattach is waited for before events flow anyway. */
const holdMs = 5_000

/** A connection as the hub sees it. */
export type Listener = {
  readonly peer: Peer
  push(item: Outgoing, position?: number): void
}

type Seat = { listener: Listener; isHeld: boolean; cancelHold: () => void }

export class Hub {
  readonly #clock: Clock
  readonly #ring: Ring
  readonly #reattach: ReattachBook
  readonly #seats = new Map<string, Seat>()
  readonly #speakers: Record<Dialect, number> = { v3: 0, v4: 0, offset: 0 }

  constructor(clock: Clock) {
    this.#clock = clock
    this.#ring = new Ring(clock)
    this.#reattach = new ReattachBook(this.#ring, clock)
  }

  get size(): number {
    return this.#seats.size
  }

  /** Events flow to the listener from now on, or, for one that can reattach, once it asks. */
  join(listener: Listener): void {
    const { peer } = listener
    const isHeld = dialectOf(peer) === 'offset'
    const seat: Seat = { listener, isHeld, cancelHold: () => {} }
    if (isHeld) {
      this.#reattach.opened(peer)
      seat.cancelHold = this.#clock.after(holdMs, () => this.resume(peer.connId), { unref: true })
    }
    this.#seats.set(peer.connId, seat)
    this.#speakers[dialectOf(peer)]++
  }

  leave(connId: string): void {
    const seat = this.#seats.get(connId)
    if (!seat) return
    seat.cancelHold()
    this.#seats.delete(connId)
    this.#speakers[dialectOf(seat.listener.peer)]--
    this.#reattach.closed(connId)
  }

  broadcast(item: Outgoing): void {
    const position = item.isKept ? this.#ring.append(item) : undefined
    for (const { listener, isHeld } of this.#seats.values()) {
      // What is addressed to one connection is in no ring: held back it would be lost.
      const isDue = !isHeld || item.onlyTo !== undefined
      if (isDue && item.mayReach(listener.peer)) listener.push(item, position)
    }
  }

  /** Whether anyone connected speaks that dialect. Ours is always told, for those who may come back. */
  wants(dialect: Dialect): boolean {
    return dialect === 'offset' || this.#speakers[dialect] > 0
  }

  /** A number was given to an event of that connection. */
  sequenced(connId: string, position: number | undefined): void {
    this.#reattach.sequenced(connId, position)
  }

  /** Sends what the connection missed, then lets events flow. A second call changes nothing. */
  resume(connId: string, from?: ResumePoint): { status: 'fresh' | 'resumed' | 'lost'; replayed: number } {
    const seat = this.#seats.get(connId)
    if (!seat?.isHeld) return { status: from ? 'lost' : 'fresh', replayed: 0 }
    seat.cancelHold()
    seat.isHeld = false
    const { status, missed } = this.#reattach.resume(seat.listener.peer, from)
    for (const { item, position } of missed) seat.listener.push(item, position)
    return { status, replayed: missed.length }
  }
}
