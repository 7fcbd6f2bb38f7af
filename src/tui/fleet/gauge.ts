/** Reads round trips while somebody looks at them, and only then: an idle screen has no timer. */

import { type Clock, every } from '../../shared/std/clock.ts'
import type { Action } from '../store/action.ts'
import type { State } from '../store/state.ts'
import type { Store } from '../store/store.ts'

/** As often as connections are pinged, milliseconds. */
const readEveryMs = 5_000

/** `isCalm`: once when the panel opens, then nothing moves by itself. */
export function startGauge(shown: Store<State, Action>, read: () => void, clock: Clock, isCalm: boolean): Disposable {
  let stop: (() => void) | undefined
  const look = (): void => {
    const kind = shown.get().overlay?.kind
    const isWatched = kind === 'profiles' || kind === 'connection'
    if (isWatched && !stop) {
      stop = isCalm ? () => {} : every(clock, readEveryMs, read)
      read()
    } else if (!isWatched) {
      stop?.()
      stop = undefined
    }
  }
  const end = shown.subscribe(look)
  return {
    [Symbol.dispose]() {
      end()
      stop?.()
    },
  }
}
