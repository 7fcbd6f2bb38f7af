/**
 * One gateway as the screen keeps it: its state, what is written to it, where the reader is. It is kept current also while
 * another is on screen, where it costs no drawing, and given to the screen at once.
 */

import type { Clock } from '../../shared/std/clock.ts'
import { type Alert, startAlerts } from '../gateway/alerts.ts'
import type { Asker } from '../gateway/asker.ts'
import { attach } from '../gateway/attach.ts'
import { startCacher } from '../gateway/cacher.ts'
import { startExpiry } from '../gateway/expiry.ts'
import { createIntents, type Intents } from '../gateway/intents.ts'
import type { Keep, Kept } from '../gateway/keep.ts'
import { startKeeper } from '../gateway/keeper.ts'
import { startLoader } from '../gateway/loader.ts'
import { createNotifier, type Notifier } from '../gateway/notifier.ts'
import type { Gateway, TranscriptCache } from '../gateway/port.ts'
import { oneLine } from '../layout/sanitize.ts'
import { TranscriptView } from '../layout/transcript-view.ts'
import type { Action } from '../store/action.ts'
import { reduce } from '../store/reduce.ts'
import { initialState, type State } from '../store/state.ts'
import { createStore, type Store } from '../store/store.ts'

/** What a gateway brings along. */
export type Equipment = { readonly gateway: Gateway; readonly cache?: TranscriptCache; readonly keep?: Keep }

export type WorkspaceOptions = Equipment & {
  readonly id: string
  readonly asker: Asker
  readonly clock: Clock
  /** A new unique id, for idempotency keys and sessions. */
  readonly newId: () => string
  readonly sessionKey: string
  readonly columns: number
  readonly rows: number
  readonly onAlert: (alert: Alert) => void
}

export type Workspace = Disposable & {
  readonly id: string
  readonly gateway: Gateway
  readonly store: Store<State, Action>
  readonly intents: Intents
  readonly asker: Asker
  readonly notifier: Notifier
  readonly transcript: TranscriptView
  /** What was kept of the last visit is in the state, if anything was. */
  readonly hasReadCache: Promise<void>
  /** What has arrived is in the state now; a key acts on what is known, not on what was drawn last. */
  catchUp(): void
  /** Writes drafts to disk now. */
  save(): void
  /** Writes nothing to disk any more: the profile is deleted, with what was kept of it. What comes back takes that back. */
  stopKeeping(): () => void
}

export function openWorkspace(options: WorkspaceOptions): Workspace {
  const { id, gateway, asker, clock, newId } = options
  const store = createStore<State, Action>(reduce, initialState({ ...options, connection: gateway.view }))
  const notifier = createNotifier(store.dispatch, clock)
  let isKept = true
  const { keep, cache } = whileKept(options, () => isKept)
  const keeper = keep ? startKeeper(store, keep, clock) : undefined
  const feed = attach(gateway, store.dispatch, clock, {
    onResumed: (count) =>
      notifier.say('success', `resumed: ${count.toLocaleString('en')} ${count === 1 ? 'event' : 'events'}, 0 lost`),
    onPerson: ({ name, channel, code }) =>
      notifier.say(
        'warning',
        `${oneLine(name)} wants to write from ${oneLine(channel)}`,
        `/pairing approve ${oneLine(code)}`,
      ),
  })
  const loader = startLoader({
    gateway,
    store,
    clock,
    onError: (error) => notifier.fail(error),
    ...(cache ? { cache } : {}),
  })
  const cacher = cache ? startCacher(store, cache, clock) : undefined
  const expiry = startExpiry(store, clock)
  const endQuestions = asker.subscribe(() => store.dispatch({ type: 'question.changed', asked: asker.asked }))
  const endChecking = gateway.subscribe(() => {
    if (['live', 'waiting', 'failed'].includes(gateway.view.phase)) asker.settled()
  })
  const alerts = startAlerts(store, options.onAlert)
  return {
    ...{ id, gateway, store, notifier, asker },
    intents: createIntents({ gateway, store, notifier, clock, newId }),
    transcript: new TranscriptView(),
    hasReadCache: loader.hasReadCache,
    catchUp: () => feed.flush(),
    save: () => keeper?.flush(),
    stopKeeping() {
      isKept = false
      return () => {
        isKept = true
      }
    },
    [Symbol.dispose]() {
      endQuestions()
      endChecking()
      for (const part of [alerts, expiry, cacher, loader, feed, keeper]) part?.[Symbol.dispose]()
    },
  }
}

function whileKept({ keep, cache }: Pick<Equipment, 'keep' | 'cache'>, isKept: () => boolean) {
  return {
    keep: keep && {
      read: () => keep.read(),
      write: (kept: Kept) => {
        if (isKept()) keep.write(kept)
      },
    },
    cache: cache && {
      read: (sessionKey: string) => cache.read(sessionKey),
      write: async (...args: Parameters<TranscriptCache['write']>) => {
        if (isKept()) await cache.write(...args)
      },
    },
  }
}
