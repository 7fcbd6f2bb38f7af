/** What nodes were asked and have not answered: each answer counts once, from the connection that was asked, in time (EX13). */

import { randomUUID } from 'node:crypto'
import type { ParsedParams, Payload } from '../../shared/protocol/table.ts'
import { BoundedMap } from '../../shared/std/bounded-map.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { parseJson } from '../../shared/std/json.ts'
import { CallError } from '../gateway/call-error.ts'

/** One command on its way to one connection of a node. */
export type Asking = {
  nodeId: string
  connId: string
  command: string
  params: unknown
  timeoutMs: number
  idempotencyKey: string
  /** Ends the wait, and tells the node that nobody waits any more. */
  signal?: AbortSignal | undefined
  onProgress?: ((piece: ProgressPiece) => void) | undefined
}

/** Of a node of ours with its place; see `node-output.ts`. */
export type ProgressPiece = Omit<ParsedParams<'node.invoke.progress'>, 'invokeId' | 'nodeId' | 'seq'>

export type NodeAnswer = { payload: unknown; payloadJSON: string | null }

export type NodeResult = {
  ok: boolean
  payload?: unknown
  payloadJSON?: string | null | undefined
  error?: { code?: string | undefined; message?: string | undefined } | null | undefined
}

type Waiting = {
  asking: Asking
  nextSeq: number
  resolve(answer: NodeAnswer): void
  fail(error: CallError): void
}

/** Whether what a node said counts. */
export type Verdict = 'accepted' | 'late' | 'foreign' | 'unknown'

export type InvocationPorts = {
  clock: Clock
  /** Both reach that connection alone. */
  request(connId: string, payload: Payload<'node.invoke.request'>): void
  cancel(connId: string, payload: Payload<'node.invoke.cancel'>): void
}

/** Section 3. */
export const defaultInvokeMs = 30_000
/** More than this a node is not asked at a time. */
const maxPerNode = 256
/** How long a node may still report about what it was asked, after it was answered. */
const reportMs = 5 * 60_000

export class Invocations {
  readonly #ports: InvocationPorts
  readonly #waiting = new Map<string, Waiting>()
  /** Who was asked, by id: tells late from foreign, and whose reports count. */
  readonly #asked: BoundedMap<string, string>

  constructor(ports: InvocationPorts) {
    this.#ports = ports
    this.#asked = new BoundedMap({ limit: 10_000, ttlMs: reportMs, clock: ports.clock })
  }

  /** Resolves with the node's answer; rejects with what went wrong, in the words of the wire. */
  ask(asking: Asking): Promise<NodeAnswer> {
    const { connId, nodeId, signal, timeoutMs } = asking
    if (signal?.aborted) return Promise.reject(stopped())
    if (this.#countOf(connId) >= maxPerNode) return Promise.reject(crowded())
    const id = randomUUID()
    return new Promise((resolve, reject) => {
      const giveUp = (error: CallError) => {
        if (!this.#waiting.has(id)) return
        this.#ports.cancel(connId, { invokeId: id, nodeId })
        settle()
        reject(error)
      }
      const onAbort = () => giveUp(stopped())
      const cancelTimer = this.#ports.clock.after(timeoutMs, () => giveUp(tooLate(timeoutMs)), { unref: true })
      const settle = () => {
        cancelTimer()
        signal?.removeEventListener('abort', onAbort)
        this.#waiting.delete(id)
        this.#asked.set(id, connId) // reports are awaited from now on for a while
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#asked.set(id, connId)
      this.#waiting.set(id, {
        asking,
        nextSeq: 0,
        resolve: (answer) => {
          settle()
          resolve(answer)
        },
        fail: (error) => {
          settle()
          reject(error)
        },
      })
      this.#ports.request(connId, requestOf(id, asking))
    })
  }

  answer(connId: string, id: string, result: NodeResult): Verdict {
    const waiting = this.#waiting.get(id)
    if (!waiting || waiting.asking.connId !== connId) return this.#whyNot(connId, id)
    if (result.ok) waiting.resolve(answerOf(result))
    else waiting.fail(failure(result.error))
    return 'accepted'
  }

  progress(connId: string, id: string, seq: number, piece: ProgressPiece): Verdict {
    const waiting = this.#waiting.get(id)
    if (!waiting || waiting.asking.connId !== connId) return this.#whyNot(connId, id)
    if (seq !== waiting.nextSeq) return 'late' // a piece told twice or out of order
    waiting.nextSeq++
    waiting.asking.onProgress?.(piece)
    return 'accepted'
  }

  /** Whether that connection was asked to run what carries this id, lately. */
  wasAsked(connId: string, id: string): boolean {
    return this.#asked.get(id) === connId
  }

  /** The connection is gone, and with it every answer it owed. */
  lost(connId: string): void {
    for (const waiting of [...this.#waiting.values()]) if (waiting.asking.connId === connId) waiting.fail(gone())
  }

  #countOf(connId: string): number {
    let count = 0
    for (const { asking } of this.#waiting.values()) if (asking.connId === connId) count++
    return count
  }

  #whyNot(connId: string, id: string): Verdict {
    const asked = this.#asked.get(id)
    return asked === undefined ? 'unknown' : asked === connId ? 'late' : 'foreign'
  }
}

function requestOf(id: string, { nodeId, command, params, timeoutMs, idempotencyKey }: Asking) {
  // A run carries the id it was issued under, so that what the node reports about it can be told from forgeries (PA9).
  const whole = command === 'system.run' ? { ...(params as object), runId: id } : params
  const paramsJSON = whole === undefined ? null : JSON.stringify(whole)
  return { id, nodeId, command, paramsJSON, timeoutMs, idempotencyKey }
}

function answerOf({ payload, payloadJSON }: NodeResult): NodeAnswer {
  if (payload !== undefined) return { payload, payloadJSON: JSON.stringify(payload) }
  if (typeof payloadJSON !== 'string') return { payload: null, payloadJSON: null }
  const parsed = parseJson(payloadJSON)
  return { payload: parsed.ok ? parsed.value : null, payloadJSON }
}

function failure(error: NodeResult['error']): CallError {
  const message = error?.message?.slice(0, 2000) || 'node invoke failed'
  const code = error?.code?.slice(0, 128) || 'UNAVAILABLE'
  return new CallError('UNAVAILABLE', message, { details: { code, nodeError: { code, message } } })
}

/** Nothing was sent to the node: the same call may be tried again. */
export class NotAsked extends CallError {}

export function notConnected(): NotAsked {
  return new NotAsked('UNAVAILABLE', 'node not connected', { details: { code: 'NOT_CONNECTED' } })
}

function gone(): CallError {
  return new CallError('UNAVAILABLE', 'node disconnected before it answered', { details: { code: 'NOT_CONNECTED' } })
}

function tooLate(timeoutMs: number): CallError {
  return new CallError('UNAVAILABLE', `node did not answer within ${timeoutMs} ms`, { details: { code: 'TIMEOUT' } })
}

function stopped(): CallError {
  return new CallError('UNAVAILABLE', 'node invoke cancelled', { details: { code: 'CANCELLED' } })
}

function crowded(): NotAsked {
  return new NotAsked('UNAVAILABLE', `more than ${maxPerNode} calls of this node are open`, {
    retryable: true,
    retryAfterMs: 1000,
  })
}
