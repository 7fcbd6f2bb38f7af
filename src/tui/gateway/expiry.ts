/** Takes questions away whose time is over: the gateway says so too, unless the line is down or it is another's. */

import type { Clock } from '../../shared/std/clock.ts'
import type { Action } from '../store/action.ts'
import type { State } from '../store/state.ts'
import type { Store } from '../store/store.ts'

export function startExpiry(store: Store<State, Action>, clock: Clock): Disposable {
  let cancel: (() => void) | undefined
  let { approvals, devices } = store.get()
  const arm = (): void => {
    cancel?.()
    const waiting = [...approvals.waiting, ...devices.waiting]
    const first = Math.min(...waiting.map(({ expiresAtMs }) => expiresAtMs))
    // Longer than a timer can wait means never, for a question.
    if (!(first - clock.now() < 2 ** 31)) return
    cancel = clock.after(Math.max(0, first - clock.now()), () => {
      const nowMs = clock.now()
      const expired = (['approvals.expired', 'devices.expired'] as const).map((type) => ({ type, nowMs }))
      store.dispatch({ type: 'batch', actions: expired })
    })
  }
  const end = store.subscribe(() => {
    const next = store.get()
    if (next.approvals.waiting === approvals.waiting && next.devices.waiting === devices.waiting) return
    approvals = next.approvals
    devices = next.devices
    arm()
  })
  return {
    [Symbol.dispose]() {
      end()
      cancel?.()
    },
  }
}
