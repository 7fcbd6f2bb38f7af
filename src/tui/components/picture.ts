/**
 * What is on screen now, as painted lines, for React and for the rows past it. Composed again when the state changed, or when something on it counts time;
 * while nothing does, no timer runs.
 */

import type { Clock } from '../../shared/std/clock.ts'
import { createPainter, type Painter } from '../layout/paint.ts'
import type { Row } from '../layout/span.ts'
import type { TranscriptView } from '../layout/transcript-view.ts'
import { composeFrame, type Frame } from '../screens/frame.ts'
import { spinnerMs } from '../screens/status-line.ts'
import type { Action } from '../store/action.ts'
import { currentTranscript, type State } from '../store/state.ts'
import type { Store } from '../store/store.ts'
import { runningRun } from '../store/transcript.ts'
import { themes } from '../theme/themes.ts'
import type { ColorDepth, ThemeName } from '../theme/tokens.ts'

/** What changes only when something happened: all but the body and the status. The same object until some of it did. */
export type Surround = {
  readonly above: readonly string[]
  readonly below: readonly string[]
  readonly footer: readonly string[]
  readonly bodyRows: number
  readonly statusRows: number
  readonly cursor: { readonly row: number; readonly column: number } | undefined
}

export type PictureOptions = {
  /** What is on screen; tells its listeners also when that becomes another gateway's. */
  store: Store<State, Action>
  /** The layout of the conversation on screen. */
  transcript: () => TranscriptView
  clock: Clock
  /** No spinner and no counted seconds: nothing is drawn unless something happened. */
  isCalm: boolean
}

export class Picture {
  readonly #options: PictureOptions
  readonly #listeners = new Set<() => void>()
  /** Told only while the surround stays as it is: what moves from one into the other is drawn at once, with React's frame. */
  readonly #rowListeners = new Set<() => void>()
  #painter: Painter = createPainter(themes.none, 'none')
  #frame: Frame | undefined
  #surround: Surround | undefined
  #body: readonly string[] | undefined
  #status: readonly string[] | undefined
  #isStale = true
  #cancelTick: (() => void) | undefined
  /** When the picture was last composed, in monotonic milliseconds: what counts time was right then. */
  #composedMs = 0
  #endStore: (() => void) | undefined

  constructor(options: PictureOptions) {
    this.#options = options
  }

  /** The frame on screen; also tells how much of the conversation and of a question shows. */
  get frame(): Frame {
    if (this.#frame) return this.#frame
    const { store, transcript, clock, isCalm } = this.#options
    this.#composedMs = clock.monotonic()
    this.#frame = composeFrame(store.get(), transcript(), { nowMs: clock.now(), isCalm })
    return this.#frame
  }

  /** Fits `useSyncExternalStore`, with `subscribe`. */
  readonly surround = (): Surround => {
    this.#refresh()
    return this.#surround as Surround
  }

  readonly body = {
    subscribe: (listener: () => void) => this.#listen(this.#rowListeners, listener),
    lines: (): readonly string[] => {
      this.#refresh()
      return this.#body as readonly string[]
    },
  }

  readonly status = {
    subscribe: (listener: () => void) => this.#listen(this.#rowListeners, listener),
    lines: (): readonly string[] => {
      this.#refresh()
      return this.#status as readonly string[]
    },
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#listen(this.#listeners, listener)

  #listen(listeners: Set<() => void>, listener: () => void): () => void {
    listeners.add(listener)
    this.#endStore ??= this.#options.store.subscribe(() => this.#changed())
    this.#arm()
    return () => {
      listeners.delete(listener)
      if (this.#listeners.size + this.#rowListeners.size > 0) return
      this.#cancelTick?.()
      this.#cancelTick = undefined
      this.#endStore?.()
      this.#endStore = undefined
    }
  }

  setColors(theme: ThemeName, depth: ColorDepth): void {
    this.#painter = createPainter(themes[theme], depth)
    this.#changed()
  }

  #refresh(): void {
    if (!this.#isStale) return
    this.#isStale = false
    const { above, body, below, status, footer, cursor } = this.frame
    const paint = (rows: readonly Row[]) => rows.map((row) => this.#painter(row))
    const surround: Surround = {
      above: paint(above),
      below: paint(below),
      footer: paint(footer),
      bodyRows: body.length,
      statusRows: status.length,
      cursor,
    }
    if (!this.#surround || !isSameSurround(this.#surround, surround)) this.#surround = surround
    this.#body = keepSame(this.#body, paint(body))
    this.#status = keepSame(this.#status, paint(status))
  }

  #changed(): void {
    this.#frame = undefined
    this.#isStale = true
    this.#arm()
    const before = this.#surround
    for (const listener of [...this.#listeners]) listener()
    if (this.surround() === before) for (const listener of [...this.#rowListeners]) listener()
  }

  /** What was drawn anew since, because something happened, counts on from there: words that stream in bring the time along. */
  #tick(waitMs: number): void {
    const sinceMs = this.#options.clock.monotonic() - this.#composedMs
    if (sinceMs < waitMs) this.#arm(sinceMs)
    else this.#changed()
  }

  #arm(sinceMs = 0): void {
    const waitMs = this.#options.isCalm ? undefined : tickMs(this.#options.store.get())
    if (waitMs === undefined) {
      this.#cancelTick?.()
      this.#cancelTick = undefined
      return
    }
    this.#cancelTick ??= this.#options.clock.after(Math.max(0, waitMs - sinceMs), () => {
      this.#cancelTick = undefined
      this.#tick(waitMs)
    })
  }
}

function isSameSurround(a: Surround, b: Surround): boolean {
  const isSameCursor = a.cursor?.row === b.cursor?.row && a.cursor?.column === b.cursor?.column
  const isSameShape = a.bodyRows === b.bodyRows && a.statusRows === b.statusRows
  const isSame = (['above', 'below', 'footer'] as const).every((part) => isSameLines(a[part], b[part]))
  return isSameCursor && isSameShape && isSame
}

const keepSame = (known: readonly string[] | undefined, next: readonly string[]): readonly string[] =>
  known && isSameLines(known, next) ? known : next

function isSameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, row) => line === b[row])
}

/** How often what is on screen changes by itself; undefined while it does not. */
function tickMs(state: State): number | undefined {
  const isRunning = state.connection.phase === 'live' && runningRun(currentTranscript(state)) !== undefined
  if (isRunning && state.approvals.waiting.length === 0) return spinnerMs
  return state.approvals.waiting.length > 0 || state.connection.phase === 'waiting' ? 1_000 : undefined
}
