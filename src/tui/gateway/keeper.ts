/** Keeps what is being written: reads it once at the start, writes it a moment after each change, and at the end. */

import type { Clock } from '../../shared/std/clock.ts'
import type { Action } from '../store/action.ts'
import { draftsOf } from '../store/reduce.ts'
import type { State } from '../store/state.ts'
import type { Store } from '../store/store.ts'
import type { Keep } from './keep.ts'

/** How long after a keystroke the draft is written, in milliseconds. */
const keepMs = 300

export type Keeper = Disposable & {
  /** Writes now; for a process that is about to end. */
  flush(): void
}

export function startKeeper(store: Store<State, Action>, keep: Keep, clock: Clock): Keeper {
  store.dispatch({ type: 'composer.restored', ...keep.read() })
  let kept = store.get().composer
  let cancel: (() => void) | undefined
  const flush = (): void => {
    cancel?.()
    cancel = undefined
    const { composer } = store.get()
    if (composer.editors === kept.editors && composer.history === kept.history) return
    kept = composer
    keep.write({ drafts: draftsOf(store.get()), history: composer.history })
  }
  const end = store.subscribe(() => {
    const { composer } = store.get()
    if (composer.editors !== kept.editors || composer.history !== kept.history) cancel ??= clock.after(keepMs, flush)
  })
  return {
    flush,
    [Symbol.dispose]() {
      end()
      flush()
    },
  }
}
