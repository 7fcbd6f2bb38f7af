/** The beat of a connection that is watched over: what each tells about sleep and changed networks. */

import type { Clock } from '../shared/std/clock.ts'
import type { Beat } from './liveness.ts'

export type Tick = Pick<Beat, 'at' | 'gapMs' | 'isNetworkNew'>

type Look = { readonly wall: number; readonly mono: number; readonly network: string }

export class Pulse {
  readonly #clock: Clock
  readonly #network: () => string
  readonly #onBeat: (tick: Tick) => void
  #everyMs: number | undefined
  #before: Look | undefined
  #cancel = () => {}

  constructor(clock: Clock, network: () => string, onBeat: (tick: Tick) => void) {
    this.#clock = clock
    this.#network = network
    this.#onBeat = onBeat
  }

  /** Beats this often from now on, or no more. What changed since the last beat is told with the next one. */
  run(everyMs: number | undefined): void {
    if (everyMs === this.#everyMs) return
    this.#cancel()
    this.#everyMs = everyMs
    if (everyMs === undefined) this.#before = undefined
    else this.#arm(everyMs)
  }

  #arm(everyMs: number): void {
    this.#before ??= this.#look()
    this.#cancel = this.#clock.after(everyMs, () => this.#beat(everyMs), { unref: true })
  }

  #beat(everyMs: number): void {
    const [before, now] = [this.#before, this.#look()]
    this.#before = now
    this.#arm(everyMs)
    if (!before) return
    const gapMs = Math.max(now.wall - before.wall, now.mono - before.mono)
    this.#onBeat({ at: now.mono, gapMs, isNetworkNew: now.network !== before.network })
  }

  #look(): Look {
    return { wall: this.#clock.now(), mono: this.#clock.monotonic(), network: this.#network() }
  }
}
