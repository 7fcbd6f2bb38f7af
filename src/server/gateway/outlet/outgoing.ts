/** One event on its way out: who may hear it, how waiting ones merge, and its text, made once for all who hear it. */

import { hasScope } from '../../../shared/protocol/scope.ts'
import { type EventName, eventTable } from '../../../shared/protocol/table.ts'
import type { Peer } from '../context.ts'

export type StateVersion = { presence: number; health: number }

export type OutgoingOptions<P> = {
  event: EventName
  payload: P
  /** Narrows those who may hear it by scope. */
  audience?: (peer: Peer) => boolean
  /** This connection alone, without `seq`. */
  onlyTo?: string
  runId?: string
  /** Waiting items with the same key become one. */
  fold?: { key: string; merge(earlier: P, later: P): P }
  /** Characters of JSON to expect, for items that may never be serialised because they fold first. */
  sizeHint?: number
  stateVersion?: StateVersion
  /** Only of use to those who listen now: nobody who can reattach would hear it. */
  isRepeat?: boolean
}

/** News of a state that `hello-ok` tells anyway: worthless to someone who comes back later, so not kept for them. */
const momentary = new Set<EventName>(['connect.challenge', 'tick', 'health', 'presence', 'shutdown'])
/** Means something to one connection only. */
const addressed = new Set<EventName>(['node.invoke.request', 'node.invoke.cancel', 'node.invoke.output'])

/** Makes an item whose fold agrees with its payload. */
export function outgoing<P>(options: OutgoingOptions<P>): Outgoing {
  return new Outgoing(options as OutgoingOptions<unknown>)
}

export class Outgoing {
  readonly event: EventName
  readonly payload: unknown
  readonly runId: string | undefined
  readonly onlyTo: string | undefined
  readonly foldKey: string | undefined
  readonly #options: OutgoingOptions<unknown>
  #json: string | undefined

  constructor(options: OutgoingOptions<unknown>) {
    this.event = options.event
    this.payload = options.payload
    this.runId = options.runId
    this.onlyTo = options.onlyTo
    this.foldKey = options.fold?.key
    this.#options = options
  }

  /** A slow reader may lose it. */
  get isDroppable(): boolean {
    return eventTable.get(this.event)?.droppable ?? true
  }

  /** Whether a peer that reattaches gets it. */
  get isKept(): boolean {
    return this.onlyTo === undefined && !momentary.has(this.event) && this.#options.isRepeat !== true
  }

  /** Only the latest one of such an event is worth sending. */
  get isState(): boolean {
    return momentary.has(this.event) && this.event !== 'shutdown'
  }

  /** Approximate bytes it will take. */
  get size(): number {
    return this.#json?.length ?? this.#options.sizeHint ?? this.json.length
  }

  get json(): string {
    this.#json ??= JSON.stringify(this.payload)
    return this.#json
  }

  /** Closed by default: an event nobody declared, or that is addressed to someone, is heard by nobody else (section 2.6). */
  mayReach(peer: Peer): boolean {
    if (this.onlyTo !== undefined) return this.onlyTo === peer.connId
    const scope = addressed.has(this.event) ? undefined : eventTable.get(this.event)?.scope
    if (scope === undefined) return false
    if (scope !== 'public' && (peer.role !== 'operator' || !hasScope(peer.scopes, scope))) return false
    return this.#options.audience?.(peer) ?? true
  }

  /** This item with a later one of the same fold key merged into it. */
  foldedWith(later: Outgoing): Outgoing {
    const { fold } = this.#options
    if (!fold) return later
    const payload = fold.merge(this.payload, later.payload)
    return new Outgoing({ ...later.#options, payload, sizeHint: later.size })
  }

  /** The frame's text. `seq` is left out for addressed events. */
  frame(seq: number | undefined): string {
    const { stateVersion } = this.#options
    const tail = stateVersion ? `,"stateVersion":${JSON.stringify(stateVersion)}` : ''
    const number = seq === undefined ? '' : `,"seq":${seq}`
    return `{"type":"event","event":"${this.event}","payload":${this.json}${number}${tail}}`
  }
}
