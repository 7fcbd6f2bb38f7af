/** Puts the screen together: gateways, keys and picture. Everything it touches outside comes in as options. */

import type { CommandContext } from './commands/command.ts'
import { createController } from './commands/controller.ts'
import { keyOf } from './commands/keymap.ts'
import { settleSought } from './commands/seek.ts'
import { Picture } from './components/picture.ts'
import { Fleet, type FleetOptions } from './fleet/fleet.ts'
import { startGauge } from './fleet/gauge.ts'
import type { SavedProfiles } from './fleet/saved.ts'
import type { Alert } from './gateway/alerts.ts'
import { HiddenLine } from './gateway/hidden-line.ts'
import type { InputEvent } from './input/event.ts'
import type { Anchor } from './layout/window.ts'
import { showItems } from './screens/frame.ts'
import type { Action } from './store/action.ts'
import type { Member } from './store/fleet.ts'
import { itemOpener } from './store/folding.ts'
import { currentTranscript, type State } from './store/state.ts'
import type { Store } from './store/store.ts'
import { visibleItems } from './store/transcript.ts'
import type { Notification } from './terminal/bell.ts'

/** What the terminal and its machine do for the screen. */
export type Platform = Pick<CommandContext['screen'], 'copy' | 'edit' | 'redraw' | 'suspend' | 'quit'> & {
  notify(notification: Notification): void
}

export type UiOptions = Omit<FleetOptions, 'onAlert'> & {
  saved: SavedProfiles
  platform: Platform
  isCalm?: boolean
}

export type Ui = Disposable & {
  readonly fleet: Fleet
  /** The state of the gateway on screen. */
  readonly store: Store<State, Action>
  readonly picture: Picture
  readonly onEvents: (events: readonly InputEvent[]) => void
  /** Tells the reader what is going on; the result takes it away once it is over. */
  mention(text: string): () => void
  complain(fault: Error): void
  /** Writes drafts to disk now. */
  flush(): void
}

const alertWords = { asks: 'asks for permission', answered: 'has answered', needs: 'needs you' } as const

export function createUi(options: UiOptions): Ui {
  const { clock, platform } = options
  let isFocused = true
  const fleet: Fleet = new Fleet({ ...options, onAlert: (alert, from) => callReader(alert, from) })
  const picture = new Picture({
    store: fleet.shown,
    transcript: () => fleet.current.transcript,
    clock,
    isCalm: options.isCalm ?? false,
  })
  const gauge = startGauge(fleet.shown, () => fleet.readRoundtrips(), clock, options.isCalm ?? false)
  const screen = { ...platform, ...reading(fleet, picture) }
  const context = contextOf(fleet, options.saved, screen)
  const control = createController(context, fleet.shown, clock)
  const endSeeking = fleet.shown.subscribe(() => settleSought(context))

  /** Outside the window with a bell; about another gateway with a word on this one's screen. */
  function callReader({ kind, text }: Alert, from: Member): void {
    const isElsewhere = from.id !== fleet.current.id
    const name = isElsewhere ? from.name : 'Clawdbot'
    const title = `${name} ${alertWords[kind]}`
    if (!isFocused) platform.notify({ title, body: text })
    else if (isElsewhere && kind !== 'answered') {
      fleet.current.notifier.say('warning', `${title}: ${text}`, `${keyOf('next-approval')} goes there.`)
    }
  }

  return {
    fleet,
    store: fleet.shown,
    picture,
    mention: (text) => fleet.current.notifier.mention(text),
    complain: (fault) => fleet.current.notifier.fail(fault),
    flush: () => fleet.save(),
    onEvents(events) {
      fleet.current.catchUp()
      for (const event of events) if (event.kind === 'focus') isFocused = event.isFocused
      control(events)
    },
    [Symbol.dispose]() {
      endSeeking()
      gauge[Symbol.dispose]()
      fleet[Symbol.dispose]()
    },
  }
}

/** Whoever takes something out of it keeps the gateway it is of, also when another comes on screen meanwhile. */
function contextOf(fleet: Fleet, saved: SavedProfiles, screen: CommandContext['screen']): CommandContext {
  return {
    ...{ fleet, saved, screen, hidden: new HiddenLine() },
    get store() {
      return fleet.current.store
    },
    get intents() {
      return fleet.current.intents
    },
    get asker() {
      return fleet.current.asker
    },
    get notifier() {
      return fleet.current.notifier
    },
  }
}

/** A card or a thought shows more of itself. */
function canUnfold(state: State, id: string): boolean {
  const item = visibleItems(currentTranscript(state), true).find((one) => one.id === id)
  return (item?.kind === 'tool' || item?.kind === 'thought') && !itemOpener(state.view)(item)
}

/** Moving about in what is on screen. */
function reading(fleet: Fleet, picture: Picture): Omit<CommandContext['screen'], keyof Platform> {
  const show = (anchor: Anchor): void => fleet.current.store.dispatch({ type: 'view.scrolled', anchor })
  return {
    scroll(by) {
      const height = picture.frame.bodyRows
      const { store, transcript } = fleet.current
      const { anchor } = store.get().view
      if (by === 'bottom') show({ kind: 'bottom' })
      else if (by === 'top') show({ kind: 'row', item: 0, row: 0 })
      else {
        const rows = 'rows' in by ? by.rows : by.pages * Math.max(1, height - 2)
        show(transcript.scroll(anchor, rows, height))
      }
    },
    reveal(itemId, words) {
      const { store, transcript } = fleet.current
      const find = (): Anchor | undefined => {
        showItems(store.get(), transcript)
        return transcript.anchorOf(itemId, words === '' ? undefined : words)
      }
      let anchor = find()
      if (!anchor && canUnfold(store.get(), itemId)) {
        store.dispatch({ type: 'item.toggled', id: itemId })
        anchor = find()
      }
      show(anchor ?? transcript.anchorOf(itemId) ?? { kind: 'bottom' })
      return anchor !== undefined
    },
    turnPage(rows) {
      fleet.current.store.dispatch({ type: 'overlay.moved', by: rows, count: picture.frame.lastPage + 1 })
    },
    hasShownCommand: () => picture.frame.sheet?.hasShownAll ?? true,
    turnCommand(direction) {
      const { top, pageRows, lastTop } = picture.frame.sheet ?? { top: 0, pageRows: 0, lastTop: 0 }
      const next = top + direction * Math.max(1, pageRows - 1)
      fleet.current.store.dispatch({ type: 'approval.paged', top: Math.max(0, Math.min(lastTop, next)) })
    },
  }
}
