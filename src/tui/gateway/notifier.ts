/** Shows short messages and takes them away again. */

import { Fault, errorText } from '../../shared/fault.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Action, Notice } from '../store/action.ts'

export type Notifier = {
  say(tone: Notice['tone'], text: string, remedy?: string): void
  /** A failure with what to do about it; stays longer. */
  fail(error: unknown): void
}

/** Milliseconds a notice stays. */
const stays = { info: 4_000, success: 4_000, warning: 8_000, danger: 15_000 } as const

export function createNotifier(dispatch: (action: Action) => void, clock: Clock): Notifier {
  let count = 0
  const say: Notifier['say'] = (tone, text, remedy) => {
    const id = `n${++count}`
    dispatch({ type: 'notice.shown', notice: { id, tone, text, ...(remedy === undefined ? {} : { remedy }) } })
    clock.after(stays[tone], () => dispatch({ type: 'notice.closed', id }), { unref: true })
  }
  return {
    say,
    fail: (error) => say('danger', errorText(error), error instanceof Fault ? error.remedy : undefined),
  }
}
