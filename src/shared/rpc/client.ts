/** Typed calls and events over any text socket: the client's half of the wire, used by the terminal, nodes and tests. */

import { Fault } from '../fault.ts'
import { type EventFrame, parseServerFrame, type RequestFrame } from '../protocol/frame.ts'
import type { EventName, MethodName, Params, Payload, Result } from '../protocol/table.ts'
import type { Clock } from '../std/clock.ts'
import { readAs } from '../std/read-as.ts'
import type { Call, CallOptions } from './call.ts'
import { Pending } from './pending.ts'
import type { Vocabulary } from './vocabulary.ts'

/** One known event with its parsed payload. `seq` is the frame's; see section 2.4. */
export type GatewayEvent = {
  [E in EventName]: { readonly name: E; readonly payload: Payload<E>; readonly seq: number | undefined }
}[EventName]

export type RpcClientOptions = {
  /** Writes one text message; may throw a `Fault`, which then rejects the call. */
  send: (text: string) => void
  clock: Clock
  vocabulary: Vocabulary
  /** Hears every event before the listeners do, and is none of those that are waited for. */
  overhear?: (event: GatewayEvent) => void
}

/** Most events that wait for a listener; then the oldest go. */
const maxUnheard = 1000

/** Serves one socket: a new socket gets a new client, so ids and answers never mix. */
export class RpcClient {
  readonly #send: (text: string) => void
  readonly #pending: Pending
  readonly #vocabulary: Vocabulary
  readonly #overhear: RpcClientOptions['overhear']
  readonly #listeners = new Set<(event: GatewayEvent) => void>()
  #unheard: GatewayEvent[] = []
  #lastId = 0
  #ended: Fault | undefined
  #onLost = (_: Fault) => {}
  /** Resolves with the reason once the socket is gone; never rejects. */
  readonly lost: Promise<Fault> = new Promise((resolve) => {
    this.#onLost = resolve
  })

  constructor({ send, clock, vocabulary, overhear }: RpcClientOptions) {
    this.#send = send
    this.#overhear = overhear
    this.#vocabulary = vocabulary
    this.#pending = new Pending(clock)
  }

  /** A call of the protocol table. Rejects with a `Fault`, or the signal's reason. */
  readonly call: Call = async <N extends MethodName>(method: N, params: Params<N>, options?: CallOptions) => {
    const payload = await this.request(method, params, options)
    // The one place where the two types meet: `Result` was derived from the schema that has just been applied.
    return parseResult(this.#vocabulary, method, payload) as Result<N>
  }

  /** Any method by name, its answer unchecked; for `gateway call` and methods only strangers have. */
  async request(method: string, params?: unknown, options: CallOptions = {}): Promise<unknown> {
    if (this.#ended) throw this.#ended
    const id = `r${++this.#lastId}`
    const frame: RequestFrame = { type: 'req', id, method, ...(params === undefined ? {} : { params }) }
    const answer = this.#pending.add(id, method, options)
    try {
      if (!options.signal?.aborted) this.#send(JSON.stringify(frame))
    } catch (error) {
      this.#pending.reject(id, error)
    }
    return await answer
  }

  /**
   * Hears every event of the vocabulary; unknown names and payloads that do not parse are ignored. What came while nobody
   * listened is heard first: a node may be asked right behind the hello. The result ends it.
   */
  events(listener: (event: GatewayEvent) => void): () => void {
    this.#listeners.add(listener)
    const unheard = this.#unheard
    this.#unheard = []
    for (const event of unheard) listener(event)
    return () => this.#listeners.delete(listener)
  }

  /** Takes one message from the socket. Returns the frame's kind; undefined for what a client may ignore. */
  receive(text: string): 'response' | 'event' | undefined {
    const frame = parseServerFrame(text)
    if (!frame) return undefined
    if (frame.type === 'res') {
      this.#pending.settle(frame)
      return 'response'
    }
    const event = parseEvent(this.#vocabulary, frame)
    if (event) this.#tell(event)
    return 'event'
  }

  #tell(event: GatewayEvent): void {
    this.#overhear?.(event)
    for (const listener of [...this.#listeners]) listener(event)
    if (this.#listeners.size > 0) return
    this.#unheard.push(event)
    if (this.#unheard.length > maxUnheard) this.#unheard.shift()
  }

  /** The socket is gone: everything waiting and every later call fails with `fault`. */
  end(fault: Fault): void {
    this.#ended ??= fault
    this.#onLost(this.#ended)
    this.#pending.failAll(fault)
  }
}

/** An event of the vocabulary, or undefined. Exported for replaying recordings. */
export function parseEvent(vocabulary: Vocabulary, frame: EventFrame): GatewayEvent | undefined {
  const known = vocabulary.event(frame.event)
  const payload = known && readAs(known.payload, frame.payload ?? {})
  if (!payload?.success) return undefined
  return { name: frame.event, payload: payload.data, seq: frame.seq } as GatewayEvent
}

/** The answer of `method`, checked against the table; a method we do not know passes as it is. */
export function parseResult(vocabulary: Vocabulary, method: string, payload: unknown): unknown {
  const schema = vocabulary.method(method)?.result
  if (!schema) return payload
  const parsed = readAs(schema, payload)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.map(String).join('.') || 'the whole answer'
  throw new Fault('client.call-failed', `${method}: the gateway's answer is not understood (${where})`, {
    remedy: 'Update clawdbot on both ends; the two versions disagree about this call.',
    cause: parsed.error,
  })
}
