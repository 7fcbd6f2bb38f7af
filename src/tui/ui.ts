/** Puts the screen together: store, gateway, keys and picture. Everything it touches outside comes in as options. */

import type { Clock } from '../shared/std/clock.ts'
import type { CommandContext } from './commands/command.ts'
import { createController } from './commands/controller.ts'
import { Picture } from './components/picture.ts'
import { startAlerts } from './gateway/alerts.ts'
import { attach } from './gateway/attach.ts'
import { startExpiry } from './gateway/expiry.ts'
import { createIntents } from './gateway/intents.ts'
import type { Keep } from './gateway/keep.ts'
import { startKeeper } from './gateway/keeper.ts'
import { startLoader } from './gateway/loader.ts'
import { createNotifier } from './gateway/notifier.ts'
import type { Gateway, TranscriptCache } from './gateway/port.ts'
import type { InputEvent } from './input/event.ts'
import type { Anchor } from './layout/window.ts'
import type { Action } from './store/action.ts'
import { reduce } from './store/reduce.ts'
import { initialState, type State } from './store/state.ts'
import { createStore, type Store } from './store/store.ts'
import type { Notification } from './terminal/bell.ts'

/** What the terminal and its machine do for the screen. */
export type Platform = Pick<CommandContext['screen'], 'copy' | 'edit' | 'redraw' | 'suspend' | 'quit'> & {
  notify(notification: Notification): void
}

export type UiOptions = {
  gateway: Gateway
  platform: Platform
  clock: Clock
  newId: () => string
  sessionKey: string
  columns: number
  rows: number
  isCalm?: boolean
  cache?: TranscriptCache
  keep?: Keep
}

export type Ui = Disposable & {
  readonly store: Store<State, Action>
  readonly picture: Picture
  readonly onEvents: (events: readonly InputEvent[]) => void
  /** Tells the reader something in passing. */
  say(text: string): void
  /** Writes drafts to disk now. */
  flush(): void
}

export function createUi(options: UiOptions): Ui {
  const { gateway, clock, platform, newId } = options
  const store = createStore<State, Action>(reduce, initialState({ ...options, connection: gateway.view }))
  const picture = new Picture({ store, clock, isCalm: options.isCalm ?? false })
  const notifier = createNotifier(store.dispatch, clock)
  const keeper = options.keep ? startKeeper(store, options.keep, clock) : undefined
  const feed = attach(gateway, store.dispatch, clock)
  const loader = startLoader({
    gateway,
    store,
    clock,
    onError: (error) => notifier.fail(error),
    ...(options.cache ? { cache: options.cache } : {}),
  })
  const expiry = startExpiry(store, clock)
  const alerts = startAlerts(store, (notification) => platform.notify(notification))
  const intents = createIntents({ gateway, store, notifier, clock, newId })
  const control = createController(
    { store, intents, notifier, screen: { ...platform, ...reading(store, picture) } },
    clock,
  )
  return {
    store,
    picture,
    say: (text) => notifier.say('info', text),
    flush: () => keeper?.flush(),
    onEvents(events) {
      feed.flush() // a key acts on what is known, not on what was drawn last
      for (const event of events) if (event.kind === 'focus') alerts.setFocus(event.isFocused)
      control(events)
    },
    [Symbol.dispose]() {
      for (const part of [alerts, expiry, loader, feed, keeper]) part?.[Symbol.dispose]()
    },
  }
}

/** Moving about in what is on screen. */
function reading(store: Store<State, Action>, picture: Picture): Omit<CommandContext['screen'], keyof Platform> {
  const show = (anchor: Anchor): void => store.dispatch({ type: 'view.scrolled', anchor })
  return {
    scroll(by) {
      const height = picture.frame.bodyRows
      const { anchor } = store.get().view
      if (by === 'bottom') show({ kind: 'bottom' })
      else if (by === 'top') show({ kind: 'row', item: 0, row: 0 })
      else {
        const rows = 'rows' in by ? by.rows : by.pages * Math.max(1, height - 2)
        show(picture.transcript.scroll(anchor, rows, height))
      }
    },
    reveal(itemId) {
      const anchor = picture.transcript.anchorOf(itemId)
      if (anchor) show(anchor)
    },
    turnPage(rows) {
      store.dispatch({ type: 'overlay.moved', by: rows, count: picture.frame.lastPage + 1 })
    },
    hasShownCommand: () => picture.frame.sheet?.hasShownAll ?? true,
    commandPage: () => Math.max(1, (picture.frame.sheet?.pageRows ?? 1) - 1),
  }
}
