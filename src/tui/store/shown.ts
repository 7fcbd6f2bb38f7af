/** The store of whichever gateway is on screen, for those who draw: to them another gateway is another state. */

import type { Store } from './store.ts'

export type ShownStore<State, Action> = Store<State, Action> & {
  /** From now on this one is shown; listeners are told at once. */
  show(store: Store<State, Action>): void
}

export function createShownStore<State, Action>(first: Store<State, Action>): ShownStore<State, Action> {
  const listeners = new Set<() => void>()
  const tell = (): void => {
    for (const listener of [...listeners]) listener()
  }
  let shown = first
  let end = shown.subscribe(tell)
  return {
    get: () => shown.get(),
    dispatch: (action) => shown.dispatch(action),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    show(store) {
      if (store === shown) return
      end()
      shown = store
      end = shown.subscribe(tell)
      tell()
    },
  }
}
