/** Several ways to one gateway: the preferred first, the next one 300 ms later or when it fails, the first to arrive wins. */

import type { Clock } from '../shared/std/clock.ts'

/** Head start of a way before the next one is tried beside it (RFC 8305 suggests 250 ms). */
export const headStartMs = 300

export type Lane<T> = (signal: AbortSignal) => Promise<T>

/**
 * Resolves with what the winner opened. `discard` gets whatever another one opens too late. Rejects with an
 * `AggregateError` of all reasons in the order of the lanes, or with the signal's reason.
 */
export function raceWays<T>(
  lanes: readonly [Lane<T>, ...Lane<T>[]],
  { clock, signal, discard }: { clock: Clock; signal: AbortSignal; discard: (late: T) => void },
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const ending = new AbortController()
  const errors = new Map<number, unknown>()
  let started = 0
  let isOver = false
  let cancelHeadStart = () => {}

  const finish = (settle: () => void, reason: unknown) => {
    if (isOver) return
    isOver = true
    cancelHeadStart()
    signal.removeEventListener('abort', onAbort)
    settle()
    ending.abort(reason)
  }
  const onAbort = () => finish(() => reject(signal.reason), signal.reason)

  const startNext = () => {
    cancelHeadStart()
    const index = started++
    const lane = lanes[index]
    if (isOver || !lane) return
    if (started < lanes.length) cancelHeadStart = clock.after(headStartMs, startNext)
    lane(ending.signal).then(
      (opened) => {
        if (isOver) discard(opened)
        else finish(() => resolve(opened), new Error('another way was faster'))
      },
      (error: unknown) => {
        errors.set(index, error)
        if (errors.size < lanes.length) return startNext()
        const inOrder = lanes.map((_, at) => errors.get(at))
        finish(() => reject(new AggregateError(inOrder, 'no way leads there')), undefined)
      },
    )
  }

  if (signal.aborted) reject(signal.reason)
  else {
    signal.addEventListener('abort', onAbort, { once: true })
    startNext()
  }
  return promise
}
