/**
 * Keeps what the screen shows loaded: looks at the state after each change and asks the gateway for what is stale. Nobody
 * else fetches; whoever finds that something may be missing marks it stale.
 */

import type { MethodName } from '../../shared/protocol/table.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { isRecord } from '../../shared/std/json.ts'
import type { Action } from '../store/action.ts'
import { askedDevice } from '../store/devices.ts'
import { may } from '../store/rights.ts'
import { currentTranscript, type State } from '../store/state.ts'
import type { Store } from '../store/store.ts'
import type { Gateway, HistoryMessage, TranscriptCache } from './port.ts'

/** Shortest time between two fetches of the session list, in milliseconds. */
const listIntervalMs = 1_000
const historyLimit = 200

export type LoaderOptions = {
  gateway: Gateway
  store: Store<State, Action>
  clock: Clock
  cache?: TranscriptCache
  /** A fetch that failed although the gateway is there. */
  onError: (error: unknown) => void
}

export type Loader = Disposable & {
  /** What was kept of the conversation on screen has been read, if anything was. */
  readonly hasReadCache: Promise<void>
}

export function startLoader(options: LoaderOptions): Loader {
  const loader = new Loading(options)
  const end = options.store.subscribe(() => loader.look())
  loader.look()
  return {
    hasReadCache: loader.reading,
    [Symbol.dispose]() {
      end()
      loader.end()
    },
  }
}

class Loading {
  /** Ends with the last look into the cache. */
  reading: Promise<void> = Promise.resolve()
  readonly #options: LoaderOptions
  readonly #busy = new Set<string>()
  readonly #cached = new Set<string>()
  #listedMs = Number.NEGATIVE_INFINITY
  #cancelList: (() => void) | undefined
  #approvalsOf: string | undefined
  #isOver = false

  constructor(options: LoaderOptions) {
    this.#options = options
  }

  end(): void {
    this.#isOver = true
    this.#cancelList?.()
  }

  look(): void {
    const state = this.#options.store.get()
    const transcript = currentTranscript(state)
    if (transcript.source === 'none') this.#readCache(transcript.key)
    // The connection itself is asked too: the state hears of a loss a frame later, and a call that fails at once, asked
    // for again at once, would let nothing else happen until then.
    if (this.#isOver || state.connection.phase !== 'live' || this.#options.gateway.view.phase !== 'live') return
    if (transcript.isStale) this.#once(`history ${transcript.key}`, () => this.#history(transcript.key))
    if (state.sessions.isStale) this.#listSoon()
    if (state.overlay?.kind === 'models' && state.models.isStale) this.#once('models', () => this.#models())
    const connId = state.connection.hello?.server.connId
    if (connId !== undefined && connId !== this.#approvalsOf) {
      this.#approvalsOf = connId
      if (mayApprove(state)) this.#once('approvals', () => this.#approvals())
      if (mayPair(state)) this.#once('devices', () => this.#devices())
    }
    const { devices, overlay } = state
    // Who is asked about a device sees what it held and lost, not what was so when this terminal connected (PA8).
    const areSeen = overlay?.kind === 'devices' || askedDevice(devices) !== undefined
    if (areSeen && devices.isStale && mayPair(state)) this.#once('devices', () => this.#devices())
  }

  #once(name: string, task: () => Promise<void>): void {
    if (this.#busy.has(name)) return
    this.#busy.add(name)
    task()
      .catch((error: unknown) => {
        if (this.#options.gateway.view.phase === 'live') this.#options.onError(error)
      })
      .finally(() => {
        this.#busy.delete(name)
        this.look()
      })
  }

  async #history(key: string): Promise<void> {
    const { gateway, store } = this.#options
    store.dispatch({ type: 'history.loading', key })
    try {
      const { messages, sessionId } = await gateway.call('chat.history', { sessionKey: key, limit: historyLimit })
      const id = sessionId === undefined ? {} : { sessionId }
      store.dispatch({ type: 'history.loaded', key, messages: messages as HistoryMessage[], source: 'gateway', ...id })
    } catch (error) {
      // While live this would be asked again at once and for ever: the next connection asks again.
      if (gateway.view.phase !== 'live') store.dispatch({ type: 'history.failed', key })
      throw error
    }
  }

  #readCache(key: string): void {
    const { cache, store } = this.#options
    if (!cache || this.#cached.has(key)) return
    this.#cached.add(key)
    this.reading = cache
      .read(key)
      .then((kept) => {
        if (kept) store.dispatch({ type: 'history.loaded', key, source: 'cache', ...kept })
      })
      .catch(() => {}) // no cache is as good as an empty one
  }

  #listSoon(): void {
    if (this.#cancelList) return
    const { clock } = this.#options
    const waitMs = Math.max(0, this.#listedMs + listIntervalMs - clock.monotonic())
    this.#cancelList = clock.after(waitMs, () => {
      this.#cancelList = undefined
      this.#once('sessions', () => this.#sessions())
    })
  }

  async #sessions(): Promise<void> {
    const { gateway, store, clock } = this.#options
    this.#listedMs = clock.monotonic()
    const { sessions, defaults } = await gateway
      .call('sessions.list', {
        includeGlobal: false,
        includeUnknown: false,
        includeDerivedTitles: true,
        includeLastMessage: true,
      })
      .catch((error: unknown) => {
        const { rows, defaults } = store.get().sessions
        store.dispatch({ type: 'sessions.loaded', rows, defaults }) // asked again when something changes
        throw error
      })
    const model = [defaults?.modelProvider, defaults?.model].filter(Boolean).join('/')
    const contextTokens = defaults?.contextTokens
    store.dispatch({
      type: 'sessions.loaded',
      rows: sessions,
      defaults: { ...(model ? { model } : {}), ...(contextTokens ? { contextTokens } : {}) },
    })
  }

  async #devices(): Promise<void> {
    const { gateway, store, clock } = this.#options
    const asking = () =>
      store
        .get()
        .devices.waiting.map(({ requestId }) => requestId)
        .join()
    const before = asking()
    const { pending, paired } = await gateway.call('device.pair.list', {}).catch((error: unknown) => {
      const { waiting, paired } = store.get().devices
      store.dispatch({ type: 'devices.loaded', pending: waiting, paired, at: clock.now() }) // asked again on a change
      throw error
    })
    // What happened meanwhile may be newer than the answer.
    if (asking() !== before) return await this.#devices()
    store.dispatch({ type: 'devices.loaded', pending, paired, at: clock.now() })
  }

  async #models(): Promise<void> {
    const { gateway, store } = this.#options
    const { models } = await gateway.call('models.list', {}).catch((error: unknown) => {
      const { rows, isLoaded } = store.get().models
      store.dispatch(isLoaded ? { type: 'models.loaded', rows } : { type: 'overlay.closed' })
      throw error
    })
    store.dispatch({ type: 'models.loaded', rows: models })
  }

  /** Commands that were waiting before we came. Other gateways tell only the new ones. */
  async #approvals(): Promise<void> {
    const { gateway, store } = this.#options
    const result = await gateway.call('exec.approval.list', {})
    if (isRecord(result)) store.dispatch({ type: 'approvals.loaded', approvals: result.approvals })
  }
}

const offers = ({ connection }: State, method: MethodName): boolean =>
  connection.hello?.features.methods.includes(method) === true

const mayApprove = (state: State): boolean => may(state.connection, 'approvals') && offers(state, 'exec.approval.list')

const mayPair = (state: State): boolean => may(state.connection, 'pairing') && offers(state, 'device.pair.list')
