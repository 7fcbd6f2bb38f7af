/** One run at a time per session; the others wait in order, and sessions do not wait for each other. */

import { raceAbort } from '../../shared/std/signal.ts'

export type Lanes = {
  /**
   * Runs `task` when everything queued before it under `key` has settled. `queued` tells whether it had to wait. When
   * `signal` ends first the task never starts and `done` rejects with the signal's reason.
   */
  enqueue<T>(key: string, task: () => Promise<T>, signal: AbortSignal): { queued: boolean; done: Promise<T> }
  /** Tasks running or waiting under `key`. */
  depth(key: string): number
}

export function createLanes(): Lanes {
  const lanes = new Map<string, { tail: Promise<void>; depth: number }>()

  const leave = (key: string): void => {
    const lane = lanes.get(key)
    if (lane && --lane.depth === 0) lanes.delete(key)
  }

  return {
    enqueue(key, task, signal) {
      const lane = lanes.get(key) ?? { tail: Promise.resolve(), depth: 0 }
      lanes.set(key, lane)
      const queued = lane.depth++ > 0
      const before = lane.tail
      const run = async () => {
        // The first starts at once: a turn pays no extra tick for having a lane.
        if (queued) await before
        signal.throwIfAborted()
        return task()
      }
      const running = run()
      lane.tail = running.then(
        () => leave(key),
        () => leave(key),
      )
      return { queued, done: queued ? leaveEarly(running, before, signal) : running }
    },
    depth: (key) => lanes.get(key)?.depth ?? 0,
  }
}

/** A waiting task hears of an abort at once, though its place in the lane is passed over only when reached. */
async function leaveEarly<T>(running: Promise<T>, before: Promise<void>, signal: AbortSignal): Promise<T> {
  running.catch(() => {}) // reported through the promise below
  await raceAbort(before, signal)
  return running
}
