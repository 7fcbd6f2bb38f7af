/** Gathers what arrives into one dispatch for each drawn frame: a burst of words costs one redraw, not one each. */

import type { Clock } from '../../shared/std/clock.ts'
import type { Action } from '../store/action.ts'

/** Shortest time between two dispatches, in milliseconds: 30 frames a second. */
const frameMs = 33

export type Frames = {
  push(action: Action): void
  /** At once, before a key is answered, so that it acts on what is known. */
  flush(): void
}

export function createFrames(dispatch: (action: Action) => void, clock: Clock): Frames {
  let queue: Action[] = []
  let lastMs = Number.NEGATIVE_INFINITY
  let cancel: (() => void) | undefined
  const flush = () => {
    cancel?.()
    cancel = undefined
    if (queue.length === 0) return
    const actions = queue
    queue = []
    lastMs = clock.monotonic()
    dispatch({ type: 'batch', actions })
  }
  return {
    push(action) {
      queue.push(action)
      const waitMs = Math.max(0, lastMs + frameMs - clock.monotonic())
      // The first of a burst waits for the rest of its read; nothing waits longer than a frame.
      cancel ??= clock.after(waitMs, flush)
    },
    flush,
  }
}
