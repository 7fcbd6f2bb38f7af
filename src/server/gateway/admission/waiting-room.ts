/**
 * Who has a connection and has not shown that it may: so many and no more, whatever they wait for (requirement IN1). When
 * one comes in too many, the one that waited longest leaves, of the source with most of them. So a flood pushes itself
 * out, other sources do not notice it, and who logs in at once has done so before its turn comes.
 */

import type { Socket } from 'node:net'

type Waiting = { destroy(): unknown; once(event: 'close', listener: () => void): unknown }

/** The same for a connection and for what TLS makes of it. A socket file has no addresses, nor any TLS. */
export function connectionKey(socket: Socket): unknown {
  const { localAddress, localPort, remoteAddress, remotePort } = socket
  return remotePort === undefined ? socket : [localAddress, localPort, remoteAddress, remotePort].join(' ')
}

/** One costs 5 to 20 KB (bench/security.ts). At 5,000 a second it takes 200 ms until the newest is the oldest. */
const usual = 1_024
/**
 * While a busy machine lets us take a thousand at once, those have to be read before they can log in: none leaves before
 * the event loop came round so often, and the room is larger meanwhile.
 */
const grace = 3
const most = 3_072

type Place = { readonly socket: Waiting; readonly key: unknown; readonly turn: number; source: string }

export class WaitingRoom {
  /** By source, oldest first. */
  readonly #sources = new Map<string, Set<Place>>()
  readonly #places = new Map<unknown, Place>()
  readonly #limits: { usual: number; most: number }
  readonly #nextTurn: (task: () => void) => void
  /** Turns of the event loop so far in which there were too many. */
  #turn = 0
  #isClearing = false

  constructor(limits = { usual, most }, nextTurn: (task: () => void) => void = setImmediate) {
    this.#limits = limits
    this.#nextTurn = nextTurn
  }

  get size(): number {
    return this.#places.size
  }

  /** `key` is its `connectionKey`. Until it leaves, the room may destroy it. */
  enter(socket: Waiting, key: unknown, source: string): void {
    this.leave(key)
    const place = { socket, key, source, turn: this.#turn }
    this.#places.set(key, place)
    this.#put(place)
    socket.once('close', () => this.#remove(place))
    if (this.#places.size > this.#limits.most) this.#sendAway(this.#longest())
    if (this.#places.size > this.#limits.usual) this.#clearLater()
  }

  /** It turned out where it really comes from: a proxy said so. */
  comesFrom(key: unknown, source: string): void {
    const place = this.#places.get(key)
    if (!place || place.source === source) return
    this.#take(place)
    place.source = source
    this.#put(place)
  }

  /** Has shown that it may be here. */
  leave(key: unknown): void {
    const place = this.#places.get(key)
    if (place) this.#remove(place)
  }

  #clearLater(): void {
    if (this.#isClearing) return
    this.#isClearing = true
    this.#nextTurn(() => {
      this.#isClearing = false
      this.#turn++
      while (this.#places.size > this.#limits.usual) {
        const place = this.#longest()
        if (!place || place.turn > this.#turn - grace) return this.#clearLater()
        this.#sendAway(place)
      }
    })
  }

  /** Who waited longest of the largest crowd. */
  #longest(): Place | undefined {
    let crowd: ReadonlySet<Place> = new Set()
    for (const places of this.#sources.values()) if (places.size > crowd.size) crowd = places
    return crowd.values().next().value
  }

  #sendAway(place: Place | undefined): void {
    if (!place) return
    this.#remove(place)
    place.socket.destroy()
  }

  #put(place: Place): void {
    const places = this.#sources.get(place.source)
    if (places) places.add(place)
    else this.#sources.set(place.source, new Set([place]))
  }

  #take(place: Place): void {
    const places = this.#sources.get(place.source)
    places?.delete(place)
    if (places?.size === 0) this.#sources.delete(place.source)
  }

  #remove(place: Place): void {
    if (this.#places.get(place.key) !== place) return
    this.#places.delete(place.key)
    this.#take(place)
  }
}
