/** Requests awaiting an answer: id → promise, each with its deadline and abort signal; all fail when the socket is lost. */

import { Fault } from '../fault.ts'
import type { ResponseFrame, WireError } from '../protocol/frame.ts'
import type { Clock } from '../std/clock.ts'
import { isRecord } from '../std/json.ts'
import type { CallOptions } from './call.ts'

/** Deadline of a call that names none, in milliseconds (gateway protocol, section 3). */
const defaultTimeoutMs = 10_000

type Waiter = {
  method: string
  expectFinal: boolean
  resolve: (payload: unknown) => void
  reject: (error: unknown) => void
}

export class Pending {
  readonly #waiting = new Map<string, Waiter>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#waiting.size
  }

  /** Resolves with the answer's payload; rejects with a `Fault`, or with the signal's reason when it ends first. */
  add(id: string, method: string, options: CallOptions = {}): Promise<unknown> {
    const { signal, expectFinal = false } = options
    const timeoutMs = options.timeoutMs ?? (expectFinal ? 0 : defaultTimeoutMs)
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = () => this.#take(id)?.reject(signal?.reason)
      const cancel = timeoutMs > 0 ? this.#clock.after(timeoutMs, () => this.#expire(id, timeoutMs)) : () => {}
      const release = () => {
        cancel()
        signal?.removeEventListener('abort', onAbort)
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.set(id, {
        method,
        expectFinal,
        resolve: (payload) => {
          release()
          resolve(payload)
        },
        reject: (error) => {
          release()
          reject(error)
        },
      })
    })
  }

  /** Gives up on one request, such as one that could not be written. */
  reject(id: string, error: unknown): void {
    this.#take(id)?.reject(error)
  }

  /** Answers one request. Late and unknown answers are ignored: `agent` answers twice (section 7.6). */
  settle(frame: ResponseFrame): void {
    const waiter = this.#waiting.get(frame.id)
    if (!waiter) return
    if (waiter.expectFinal && frame.ok && isRecord(frame.payload) && frame.payload.status === 'accepted') return
    this.#waiting.delete(frame.id)
    if (frame.ok) waiter.resolve(frame.payload)
    else waiter.reject(callFault(waiter.method, frame.error, frame.payload))
  }

  /** Fails everything that waits; called once, when the socket is gone. */
  failAll(fault: Fault): void {
    for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(fault)
  }

  #take(id: string): Waiter | undefined {
    const waiter = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiter
  }

  #expire(id: string, timeoutMs: number): void {
    const waiter = this.#take(id)
    waiter?.reject(
      new Fault('client.timeout', `The gateway did not answer ${waiter.method} within ${timeoutMs} ms`, {
        remedy: 'Try again, or allow more time with --timeout <ms>.',
        retryable: true,
      }),
    )
  }
}

/** A refused call as a fault; `details` are `{method, code, message, details}` of the wire, and `payload` if there was one. */
function callFault(method: string, error: WireError | undefined, payload: unknown): Fault {
  const message = error?.message ?? 'the gateway gave no reason'
  const told = isRecord(error?.details) ? error.details.remedy : undefined
  const lacksScope = error?.code === 'FORBIDDEN' || message.startsWith('missing scope:')
  return new Fault('client.call-failed', isSentence(message, error?.details) ? message : `${method}: ${message}`, {
    retryable: error?.retryable ?? false,
    details: {
      method,
      code: error?.code ?? 'UNAVAILABLE',
      message,
      ...(error?.details === undefined ? {} : { details: error.details }),
      ...(payload === undefined ? {} : { payload }),
    },
    ...(error?.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    ...(lacksScope
      ? { remedy: 'Ask an operator of this gateway to approve the missing scope for this device.' }
      : typeof told === 'string' && { remedy: told }),
  })
}

/** A fault of ours stands alone; the bare words of a wire, such as `unknown requestId`, mean nothing without the method. */
function isSentence(message: string, details: unknown): boolean {
  return isRecord(details) && typeof details.fault === 'string' && !/^\p{Ll}/u.test(message)
}
