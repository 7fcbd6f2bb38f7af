/** What is worth calling the reader back for: a command waits for them, or a reply is there. */

import { deviceFingerprint } from '../../shared/protocol/device-fingerprint.ts'
import { oneLine } from '../layout/sanitize.ts'
import type { Action } from '../store/action.ts'
import { askedDevice } from '../store/devices.ts'
import { questionTitle } from '../store/question.ts'
import { currentTranscript, type State } from '../store/state.ts'
import type { Store } from '../store/store.ts'
import { runningRun } from '../store/transcript.ts'

export type Alert = { readonly kind: 'asks' | 'answered' | 'needs'; readonly text: string }

/** Whoever hears of it decides whether the reader is there to see for themselves. */
export function startAlerts(store: Store<State, Action>, onAlert: (alert: Alert) => void): Disposable {
  let before = store.get()
  const end = store.subscribe(() => {
    const after = store.get()
    const alert = alertFor(before, after)
    before = after
    if (alert) onAlert(alert)
  })
  return { [Symbol.dispose]: end }
}

/** What is worth calling for between two states. Pure. */
function alertFor(before: State, after: State): Alert | undefined {
  const device = askedDevice(after.devices)
  if (device && !before.devices.waiting.some(({ requestId }) => requestId === device.requestId)) {
    return { kind: 'needs', text: `a new device wants in, ${deviceFingerprint(device.deviceId)}` }
  }
  const asked = after.approvals.waiting.find(({ id }) => !before.approvals.waiting.some((known) => known.id === id))
  if (asked) return { kind: 'asks', text: oneLine(asked.request.command) }
  if (after.asked && after.asked.id !== before.asked?.id) {
    return { kind: 'needs', text: questionTitle(after.asked.question) }
  }
  const wasRunning = runningRun(currentTranscript(before))
  const transcript = currentTranscript(after)
  if (!wasRunning || before.sessions.key !== after.sessions.key || runningRun(transcript)) return undefined
  const run = transcript.live.find(({ id }) => id === wasRunning.id)
  const reply = run?.parts.findLast((part) => part.kind === 'reply')
  return { kind: 'answered', text: oneLine(reply?.kind === 'reply' ? reply.text : '') }
}
