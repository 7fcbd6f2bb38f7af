/** Input events → what they mean here: a key of the keymap, text for whoever has the focus, or nothing. */

import type { Clock } from '../../shared/std/clock.ts'
import type { InputEvent } from '../input/event.ts'
import { keysOf } from '../input/keys.ts'
import { oneLine } from '../layout/sanitize.ts'
import { contextsOf } from '../screens/frame.ts'
import type { Action } from '../store/action.ts'
import { editorOf } from '../store/composer.ts'
import { askedDevice } from '../store/devices.ts'
import type { State } from '../store/state.ts'
import type { Store } from '../store/store.ts'
import type { CommandContext } from './command.ts'
import { type Context, keymap } from './keymap.ts'
import { deeds } from './keys.ts'
import { pasteInForm, typeInForm } from './profiles.ts'

/** Rows a turn of the wheel scrolls. */
const wheelRows = 3

/**
 * A question whether a command may run takes keys only after this pause without any, in milliseconds: who was writing
 * when it came goes on writing, and allows nothing by accident.
 */
const calmMs = 700

/** What is asked on screen now: a connection for a secret, a command for permission, or about a new device. */
const questionId = ({ asked, approvals, devices }: State): string | number | undefined =>
  asked?.id ?? approvals.waiting[0]?.id ?? askedDevice(devices)?.requestId

/** Where a letter is a key. */
const keyContexts: ReadonlySet<Context> = new Set<Context>([
  ...(['approval', 'device', 'devices', 'trust', 'text', 'profiles', 'connection'] as const),
])

/** Where a letter says yes or no. */
const answerContexts: ReadonlySet<Context> = new Set<Context>(['approval', 'device', 'trust'])

/** Text of one read that no single key makes: a paste without brackets, or somebody who goes on writing. */
const isWriting = (events: readonly InputEvent[]): boolean =>
  Array.from(events.map((event) => (event.kind === 'text' ? event.text : '')).join('')).length > 1

const isList = (context: Context | undefined): boolean => context === 'list' || context === 'outbox'

export type Controller = (events: readonly InputEvent[]) => void

/** `shown` is the state on screen, whichever gateway's that is. */
export function createController(context: CommandContext, shown: Store<State, Action>, clock: Clock): Controller {
  let pressed: readonly string[] = []
  let lastKeyMs = Number.NEGATIVE_INFINITY
  let askedId: string | number | undefined
  let askedMs = 0
  /** A question that has heard one key hears the next ones too, however quick they come. */
  let heardId: string | number | undefined
  shown.subscribe(() => {
    const id = questionId(shown.get())
    if (id === askedId) return
    askedId = id
    askedMs = clock.monotonic()
  })

  /** The contexts for this key; a question that has just come does not hear it yet. */
  function contexts(): Context[] {
    const nowMs = clock.monotonic()
    const isCalm = nowMs - Math.max(lastKeyMs, askedMs) >= calmMs
    lastKeyMs = nowMs
    if (isCalm) heardId = askedId
    return askedId === undefined || askedId === heardId ? contextsOf(context.store.get()) : ['chat']
  }

  /** The question hears nothing more until the next pause: neither this read nor what follows it closely. */
  function turnAway(): void {
    heardId = undefined
    lastKeyMs = clock.monotonic()
  }

  function run(deed: (typeof deeds)[keyof typeof deeds]): void {
    // A deed that waits and fails has nobody to tell but the reader.
    Promise.resolve(deed(context)).catch((error: unknown) => context.notifier.fail(error))
  }

  function key(name: string, within: Context[]): boolean {
    const found = keymap.lookup([...pressed, name], within)
    const wasChord = pressed.length > 0
    pressed = found.kind === 'prefix' ? [...pressed, name] : []
    if (found.kind === 'found') run(deeds[found.binding.id])
    return found.kind !== 'none' || wasChord
  }

  function text(event: InputEvent & { kind: 'text' }) {
    const within = contexts()
    const top = within.at(-1)
    if (top === 'answer' && pressed.length === 0) return context.asker.type(event.text)
    if (top === 'form' && pressed.length === 0) return typeInForm(context, event.text)
    // Devices and profiles go by a letter pressed twice: that comes in two reads.
    if ((top === 'devices' || top === 'profiles') && isWriting([event])) return
    if (pressed.length > 0 || (top !== undefined && keyContexts.has(top))) {
      for (const name of keysOf(event)) key(name, within)
      return
    }
    const { store } = context
    const { overlay, composer, sessions } = store.get()
    if (isList(top) && overlay) return store.dispatch({ type: 'overlay.filtered', filter: overlay.filter + event.text })
    const isEmpty = editorOf(composer, sessions.key).text === ''
    if (isEmpty && event.text === '?') return store.dispatch({ type: 'overlay.opened', overlay: 'help' })
    store.dispatch({ type: 'composer.edited', op: { op: 'insert', text: event.text } })
  }

  function paste(pasted: string) {
    const { store } = context
    const { overlay } = store.get()
    const top = contextsOf(store.get()).at(-1)
    if (isList(top) && overlay) {
      return store.dispatch({ type: 'overlay.filtered', filter: overlay.filter + oneLine(pasted) })
    }
    if (top === 'form') return pasteInForm(context, pasted)
    if (top === 'profiles' || top === 'devices' || top === 'connection') return
    if (top === 'answer' && contexts().at(-1) === 'answer') return context.asker.type(pasted)
    // Never an answer to a question of yes or no, whatever is in it.
    if (top !== 'text') store.dispatch({ type: 'composer.edited', op: { op: 'paste', text: pasted } })
  }

  return (events) => {
    const top = contextsOf(context.store.get()).at(-1)
    if (top !== undefined && answerContexts.has(top) && isWriting(events)) turnAway()
    for (const event of events) {
      if (event.kind === 'key') key(event.key, contexts())
      else if (event.kind === 'text') text(event)
      else if (event.kind === 'paste') paste(event.text)
      else if (event.kind === 'mouse' && event.action === 'wheel-up') context.screen.scroll({ rows: -wheelRows })
      else if (event.kind === 'mouse' && event.action === 'wheel-down') context.screen.scroll({ rows: wheelRows })
    }
  }
}
