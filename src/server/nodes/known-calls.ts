/** Calls by their idempotency key: the same key is the same call, whether it still runs or was answered lately (EX13). */

import { BoundedMap } from '../../shared/std/bounded-map.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { CallError, invalidRequest } from '../gateway/call-error.ts'
import { Callers } from './callers.ts'
import { type NodeAnswer, NotAsked } from './invocations.ts'

/** Section 3. */
const keptMs = 5 * 60_000
const maxKept = 1000
/** Characters of an answer that is kept for a repetition; a picture is not. */
const maxAnswer = 256 * 1024

type Call = { of: string; outcome: Promise<NodeAnswer>; callers?: Callers }

/** What is asked for, to the last word, by somebody who may leave. */
export type Once = { key: string; of: string; signal: AbortSignal | undefined }

export class KnownCalls {
  readonly #running = new Map<string, Call>()
  readonly #done: BoundedMap<string, Call>

  constructor(clock: Clock) {
    this.#done = new BoundedMap({ limit: maxKept, ttlMs: keptMs, clock })
  }

  /** The outcome of the call with that key: of an earlier one, or of `start`, whose signal ends with the last caller. */
  once({ key, of, signal }: Once, start: (signal: AbortSignal) => Promise<NodeAnswer>): Promise<NodeAnswer> {
    const known = this.#running.get(key) ?? this.#done.get(key)
    if (known) {
      if (known.of !== of) throw invalidRequest('this idempotencyKey was used for another call')
      known.callers?.join(signal)
      return known.outcome
    }
    const callers = new Callers()
    callers.join(signal)
    const outcome = start(callers.signal).finally(() => callers[Symbol.dispose]())
    this.#running.set(key, { of, outcome, callers })
    const keep = (kept: Promise<NodeAnswer>) => {
      kept.catch(() => {}) // told to whoever asked
      this.#running.delete(key)
      this.#done.set(key, { of, outcome: kept })
    }
    outcome.then(
      (answer) => keep((answer.payloadJSON?.length ?? 0) > maxAnswer ? Promise.reject(tooLong()) : outcome),
      (error: unknown) => {
        if (error instanceof NotAsked) this.#running.delete(key)
        else keep(outcome)
      },
    )
    return outcome
  }
}

function tooLong(): CallError {
  return new CallError('UNAVAILABLE', 'this call was answered already, and its answer was too long to keep')
}
