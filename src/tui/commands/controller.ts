/** Input events → what they mean here: a key of the keymap, text for whoever has the focus, or nothing. */

import type { Clock } from '../../shared/std/clock.ts'
import type { InputEvent } from '../input/event.ts'
import { keyName, keysOf } from '../input/keys.ts'
import { oneLine } from '../layout/sanitize.ts'
import { contextsOf } from '../screens/frame.ts'
import type { Action } from '../store/action.ts'
import { editorOf } from '../store/composer.ts'
import { askedDevice } from '../store/devices.ts'
import type { State } from '../store/state.ts'
import type { Store } from '../store/store.ts'
import type { CommandContext } from './command.ts'
import { type Asking, createHold, questionKey } from './hold.ts'
import { type Context, keymap, keyOf, spellChord } from './keymap.ts'
import { deeds } from './keys.ts'
import { pasteInForm, typeInForm } from './profiles.ts'

/** What ends a chord without a word. */
const cancelKeys: ReadonlySet<string> = new Set(['escape', 'ctrl+c'])

/** Rows a turn of the wheel scrolls. */
const wheelRows = 3

/**
 * A question whether a command may run takes keys only after this pause without any, in milliseconds, and a letter decides
 * only with this pause behind it: who writes goes on writing, and allows nothing by accident. A draft has the keys anyway.
 */
const calmMs = 700

/** What is asked on screen now: a connection for a secret, a command for permission, or about a new device. */
const questionId = ({ asked, approvals, devices }: State): string | number | undefined =>
  asked?.id ?? approvals.waiting[0]?.id ?? askedDevice(devices)?.requestId

/** Where a letter is a key. */
const keyContexts: ReadonlySet<Context> = new Set<Context>([
  ...(['devices', 'text', 'profiles', 'connection'] as const),
])

/** What has no place for text and covers the composer. */
const pages: ReadonlySet<Context> = new Set<Context>(['text', 'profiles', 'devices', 'connection'])

/** Where a letter says yes or no. */
const isAsking = (context: Context | undefined): context is Asking =>
  context === 'approval' || context === 'device' || context === 'trust'

/** What hears nothing before a pause. */
const calmContexts: ReadonlySet<Context> = new Set<Context>(['approval', 'device', 'trust', 'answer'])

const lettersOf = (events: readonly InputEvent[]): string =>
  events.map((event) => (event.kind === 'text' ? event.text : '')).join('')

/** One letter, however often. */
const isOneKey = (text: string): boolean => new Set(text).size === 1

/** Text of one read that no single key makes: a paste without brackets, or somebody who goes on writing. */
const isWriting = (events: readonly InputEvent[]): boolean => Array.from(lettersOf(events)).length > 1

const isList = (context: Context | undefined): boolean => context === 'list' || context === 'outbox'

export type Controller = (events: readonly InputEvent[]) => void

/** `shown` is the state on screen, whichever gateway's that is. */
export function createController(context: CommandContext, shown: Store<State, Action>, clock: Clock): Controller {
  /** Keys of a chord that waits for its next one. */
  const pressed = (): readonly string[] => context.store.get().view.chord
  let lastKeyMs = Number.NEGATIVE_INFINITY
  let askedId: string | number | undefined
  let askedMs = Number.NEGATIVE_INFINITY
  /** A question that has heard one key hears the next ones too, however quick they come. */
  let heardId: string | number | undefined
  /** What is answered here, and when the last one that was left. */
  let answeringId: string | undefined
  let decidedMs = Number.NEGATIVE_INFINITY
  /** The question came right behind one decided here: what it does not hear yet was meant for that one. */
  let isSequel = false
  const hold = createHold(context, clock, calmMs, (id) => run(deeds[id]))
  shown.subscribe(() => {
    const state = shown.get()
    const id = questionId(state)
    if (id !== askedId) {
      hold.drop()
      const nowMs = clock.monotonic()
      if (askedId !== undefined && askedId === answeringId) decidedMs = nowMs
      askedId = id
      askedMs = nowMs
      isSequel = nowMs - decidedMs < calmMs
    }
    answeringId = state.approvals.answering?.id
  })

  /** The contexts for this key. A question that has just come, or whose reader was just writing, does not hear it yet. */
  function contexts(): { within: Context[]; isDeaf: boolean } {
    const state = context.store.get()
    const within = contextsOf(state)
    const nowMs = clock.monotonic()
    const isCalm = nowMs - Math.max(lastKeyMs, askedMs) >= calmMs
    lastKeyMs = nowMs
    if (isCalm) heardId = askedId
    const top = within.at(-1)
    // Nobody turns to what they cannot have seen.
    if (top === 'beside' && nowMs - askedMs < calmMs) return { within: within.slice(0, -1), isDeaf: false }
    const isDeaf = askedId !== undefined && askedId !== heardId && top !== undefined && calmContexts.has(top)
    return { within: isDeaf ? ['chat'] : within, isDeaf }
  }

  /** The question hears nothing more until the next pause: neither this read nor what follows it closely. */
  function turnAway(): void {
    heardId = undefined
    isSequel = false
    lastKeyMs = clock.monotonic()
  }

  function run(deed: (typeof deeds)[keyof typeof deeds]): void {
    // A deed that waits and fails has nobody to tell but the reader.
    Promise.resolve(deed(context)).catch((error: unknown) => context.notifier.fail(error))
  }

  function key(name: string): void {
    const writing = hold.meet(name)
    if (writing !== '') write(writing)
    const { within, isDeaf } = contexts()
    if (isDeaf && isSequel && pressed().length === 0 && questionKey(name)) return
    press(name, within)
  }

  function press(name: string, within: readonly Context[]): void {
    const before = pressed()
    const found = keymap.lookup([...before, name], within)
    const keys = found.kind === 'prefix' ? [...before, name] : []
    if (before.length > 0 || keys.length > 0) context.store.dispatch({ type: 'chord.pressed', keys })
    if (found.kind === 'found') {
      run(deeds[found.binding.id])
      if (found.binding.id === 'turn-to-question') heardId = askedId
    } else if (before.length > 0 && found.kind === 'none' && !cancelKeys.has(name)) {
      const chord = [...before, name].map(spellChord).join(' ')
      context.notifier.say('info', `${chord} does nothing. ${keyOf('help')} shows the keys.`)
    }
  }

  /** Text while something asks: a key of the question, or the beginning of writing. */
  function letter(text: string, asking: Asking, isDeaf: boolean): void {
    const id = isOneKey(text) ? questionKey(keyName(text[0] ?? ''), asking) : undefined
    const isForQuestion = id !== undefined && hold.fits(text) && (!isDeaf || isSequel)
    if (!isForQuestion) write(hold.release() + text)
    else if (id !== 'approval-page-down') hold.press(text, asking, isDeaf ? undefined : id)
    else if (!isDeaf) run(deeds[id])
  }

  function write(text: string) {
    const { store } = context
    const { composer, sessions } = store.get()
    const isEmpty = editorOf(composer, sessions.key).text === ''
    if (isEmpty && text === '?') return store.dispatch({ type: 'overlay.opened', overlay: 'help' })
    if (askedId !== undefined) turnAway()
    store.dispatch({ type: 'composer.edited', op: { op: 'insert', text } })
  }

  function text(event: InputEvent & { kind: 'text' }) {
    const { within, isDeaf } = contexts()
    const top = within.at(-1)
    const asking = contextsOf(context.store.get()).at(-1)
    if (pressed().length === 0 && isAsking(asking)) return letter(event.text, asking, isDeaf)
    if (top === 'answer' && pressed().length === 0) return context.asker.type(event.text)
    if (top === 'form' && pressed().length === 0) return typeInForm(context, event.text)
    // Devices and profiles go by a letter pressed twice: that comes in two reads.
    if ((top === 'devices' || top === 'profiles') && isWriting([event])) return
    const [first = '', ...others] = Array.from(event.text)
    if (pressed().length > 0 && others.length > 0) {
      // A chord takes one key; what came with it is text again.
      text({ ...event, text: first })
      return text({ ...event, text: others.join('') })
    }
    if (pressed().length > 0 || (top !== undefined && keyContexts.has(top))) {
      for (const name of keysOf(event)) press(name, within)
      return
    }
    const { store } = context
    const { overlay } = store.get()
    if (isList(top) && overlay) return store.dispatch({ type: 'overlay.filtered', filter: overlay.filter + event.text })
    write(event.text)
  }

  function paste(pasted: string) {
    const { store } = context
    const { overlay } = store.get()
    const top = contextsOf(store.get()).at(-1)
    if (isList(top) && overlay) {
      return store.dispatch({ type: 'overlay.filtered', filter: overlay.filter + oneLine(pasted) })
    }
    if (top === 'form') return pasteInForm(context, pasted)
    if (top === 'answer' && !contexts().isDeaf) return context.asker.type(pasted)
    const held = hold.release()
    if (held !== '') write(held)
    // Never an answer to a question of yes or no, whatever is in it.
    store.dispatch({ type: 'composer.edited', op: { op: 'paste', text: pasted } })
    // Under a page one does not see it come.
    if (top !== undefined && pages.has(top)) context.notifier.say('info', 'What you pasted is in your message.')
  }

  return (events) => {
    const top = contextsOf(context.store.get()).at(-1)
    if (isAsking(top) && !isOneKey(lettersOf(events)) && isWriting(events)) turnAway()
    for (const event of events) {
      if (event.kind === 'key') key(event.key)
      else if (event.kind === 'text') text(event)
      else if (event.kind === 'paste') paste(event.text)
      else if (event.kind === 'mouse' && event.action === 'wheel-up') context.screen.scroll({ rows: -wheelRows })
      else if (event.kind === 'mouse' && event.action === 'wheel-down') context.screen.scroll({ rows: wheelRows })
    }
  }
}
