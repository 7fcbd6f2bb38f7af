/** Holds one state, changes it through one pure reducer, tells listeners. Knows nothing of React or of what it holds. */

export type Store<State, Action> = {
  get(): State
  /** Reduces, then tells every listener, unless nothing changed. */
  dispatch(action: Action): void
  /** The result unsubscribes. Fits `useSyncExternalStore`. */
  subscribe(listener: () => void): () => void
}

export function createStore<State, Action>(
  reduce: (state: State, action: Action) => State,
  initial: State,
): Store<State, Action> {
  let state = initial
  const listeners = new Set<() => void>()
  return {
    get: () => state,
    dispatch(action) {
      const next = reduce(state, action)
      if (next === state) return
      state = next
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
