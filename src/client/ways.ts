/** Several ways to one gateway: the preferred first, the next one 300 ms later or when it fails, the first to arrive wins. */

import type { Clock } from '../shared/std/clock.ts'

/** Head start of a way before the next one is tried beside it (RFC 8305 suggests 250 ms). */
export const headStartMs = 300

export type Lane<T> = (signal: AbortSignal) => Promise<T>

export type RaceOptions<T> = {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Gets whatever another one opens too late. */
  readonly discard: (late: T) => void
  /** What no way behind the one that failed with it mends: only those before it are still waited for. */
  readonly isFinal?: (error: unknown) => boolean
}

/**
 * Resolves with what the winner opened. Rejects with an `AggregateError` of all reasons in the order of the lanes, to
 * the first final one, or with the signal's reason.
 */
export function raceWays<T>(
  lanes: readonly [Lane<T>, ...Lane<T>[]],
  { clock, signal, discard, isFinal = () => false }: RaceOptions<T>,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const ending = new AbortController()
  const errors = new Map<number, unknown>()
  let started = 0
  let inRace = lanes.length
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
    if (isOver || index >= inRace || !lane) return
    if (started < inRace) cancelHeadStart = clock.after(headStartMs, startNext)
    lane(ending.signal).then(
      (opened) => {
        if (isOver) discard(opened)
        else finish(() => resolve(opened), new Error('another way was faster'))
      },
      (error: unknown) => {
        errors.set(index, error)
        if (isFinal(error)) inRace = Math.min(inRace, index + 1)
        const running = lanes.slice(0, inRace)
        if (!running.every((_, at) => errors.has(at))) return startNext()
        const inOrder = running.map((_, at) => errors.get(at))
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
