/** Takes questions away whose time is over: the gateway says so too, unless the line is down or it is another's. */

import type { Clock } from '../../shared/std/clock.ts'
import type { Action } from '../store/action.ts'
import type { State } from '../store/state.ts'
import type { Store } from '../store/store.ts'

export function startExpiry(store: Store<State, Action>, clock: Clock): Disposable {
  let cancel: (() => void) | undefined
  let seen = store.get().approvals.waiting
  const arm = (): void => {
    cancel?.()
    const first = Math.min(...seen.map(({ expiresAtMs }) => expiresAtMs))
    // Longer than a timer can wait means never, for a question.
    if (!(first - clock.now() < 2 ** 31)) return
    cancel = clock.after(Math.max(0, first - clock.now()), () => {
      store.dispatch({ type: 'approvals.expired', nowMs: clock.now() })
    })
  }
  const end = store.subscribe(() => {
    const { waiting } = store.get().approvals
    if (waiting === seen) return
    seen = waiting
    arm()
  })
  return {
    [Symbol.dispose]() {
      end()
      cancel?.()
    },
  }
}
