/** One run at a time per session; the others wait in order, and sessions do not wait for each other. */

import { raceAbort } from '../../shared/std/signal.ts'

export type Lanes = {
  /** True when a task of this key is running or waiting. */
  isBusy(key: string): boolean
  /**
   * Runs `task` when everything queued before it under `key` has settled; the first one at once. When `signal` ends
   * before its turn, the task never starts and the promise rejects with the signal's reason.
   */
  enqueue<T>(key: string, task: () => Promise<T>, signal: AbortSignal): Promise<T>
}

type Lane = { tail: Promise<unknown>; depth: number }

export function createLanes(): Lanes {
  const lanes = new Map<string, Lane>()

  const leave = (key: string, lane: Lane): void => {
    if (--lane.depth === 0) lanes.delete(key)
  }

  return {
    isBusy: (key) => lanes.has(key),
    enqueue(key, task, signal) {
      const lane = lanes.get(key) ?? { tail: Promise.resolve(), depth: 0 }
      lanes.set(key, lane)
      lane.depth++
      const turn = lane.tail
      const running = startInTurn(turn, task, signal)
      lane.tail = running.then(
        () => leave(key, lane),
        () => leave(key, lane),
      )
      return hearAbort(running, turn, signal)
    },
  }
}

async function startInTurn<T>(turn: Promise<unknown>, task: () => Promise<T>, signal: AbortSignal): Promise<T> {
  await turn
  signal.throwIfAborted()
  return task()
}

/** A waiting task hears of an abort at once, though its place in the lane is passed over only when reached. */
async function hearAbort<T>(running: Promise<T>, turn: Promise<unknown>, signal: AbortSignal): Promise<T> {
  running.catch(() => {}) // reported through this function's own promise
  await raceAbort(turn, signal)
  return running
}
