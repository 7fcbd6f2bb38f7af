/** Shows short messages and takes them away again. */

import { errorText, Fault } from '../../shared/fault.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Action, Notice } from '../store/action.ts'

export type Notifier = {
  say(tone: Notice['tone'], text: string, remedy?: string): void
  /** What is going on; the result takes it away once it is over. */
  mention(text: string): () => void
  /** A failure with what to do about it; stays longer. */
  fail(error: unknown): void
  /** Says that doing it again has another meaning now, for `askMs`; `isAsking` tells whether that still holds. */
  ask(id: string, text: string): void
  isAsking(id: string): boolean
  close(id: string): void
}

/** Milliseconds in which doing something again confirms it. */
const askMs = 2_000

/** Milliseconds a notice stays. */
const stays = { info: 4_000, success: 4_000, warning: 8_000, danger: 15_000 } as const

export function createNotifier(dispatch: (action: Action) => void, clock: Clock): Notifier {
  let count = 0
  const open = new Map<string, () => void>()
  const close = (id: string): void => {
    open.get(id)?.()
    open.delete(id)
    dispatch({ type: 'notice.closed', id })
  }
  const show = (notice: Notice, forMs: number): void => {
    open.get(notice.id)?.()
    open.set(
      notice.id,
      clock.after(forMs, () => close(notice.id), { unref: true }),
    )
    dispatch({ type: 'notice.shown', notice })
  }
  const newId = (): string => `n${++count}`
  const say = (tone: Notice['tone'], text: string, remedy?: string, isUntilLive = false): void => {
    const more = { ...(remedy === undefined ? {} : { remedy }), ...(isUntilLive ? { isUntilLive } : {}) }
    show({ id: newId(), tone, text, ...more }, stays[tone])
  }
  return {
    say: (tone, text, remedy) => say(tone, text, remedy),
    mention(text) {
      const id = newId()
      show({ id, tone: 'info', text }, stays.info)
      return () => close(id)
    },
    fail(error) {
      const fault = error instanceof Fault ? error : undefined
      const isOfConnection = fault?.code === 'client.closed' || fault?.code === 'client.timeout'
      say('danger', errorText(error), fault?.remedy, isOfConnection)
    },
    ask: (id, text) => show({ id, tone: 'info', text }, askMs),
    isAsking: (id) => open.has(id),
    close,
  }
}
