/** Calls the reader back: a command waits for them, or a reply is there, while they look at something else. */

import { oneLine } from '../layout/sanitize.ts'
import type { Action } from '../store/action.ts'
import { currentTranscript, type State } from '../store/state.ts'
import type { Store } from '../store/store.ts'
import { runningRun } from '../store/transcript.ts'
import type { Notification } from '../terminal/bell.ts'

export type Alerts = Disposable & { setFocus(isFocused: boolean): void }

export function startAlerts(store: Store<State, Action>, notify: (notification: Notification) => void): Alerts {
  let isFocused = true
  let before = store.get()
  const end = store.subscribe(() => {
    const after = store.get()
    const notification = isFocused ? undefined : alertFor(before, after)
    before = after
    if (notification) notify(notification)
  })
  return {
    setFocus(focused) {
      isFocused = focused
    },
    [Symbol.dispose]: end,
  }
}

/** What is worth calling for between two states. Pure. */
function alertFor(before: State, after: State): Notification | undefined {
  const asked = after.approvals.waiting.find(({ id }) => !before.approvals.waiting.some((known) => known.id === id))
  if (asked) return { title: 'Clawdbot asks for permission', body: oneLine(asked.request.command) }
  const wasRunning = runningRun(currentTranscript(before))
  const transcript = currentTranscript(after)
  if (!wasRunning || before.sessions.key !== after.sessions.key || runningRun(transcript)) return undefined
  const run = transcript.live.find(({ id }) => id === wasRunning.id)
  const reply = run?.parts.findLast((part) => part.kind === 'reply')
  return { title: 'Clawdbot has answered', body: oneLine(reply?.kind === 'reply' ? reply.text : '') }
}
