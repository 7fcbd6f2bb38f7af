/** The beat of a connection that is watched over: what each second tells about sleep and changed networks. */

import { type Clock, every } from '../shared/std/clock.ts'
import { type Beat, beatEveryMs } from './liveness.ts'

export type Tick = Pick<Beat, 'at' | 'gapMs' | 'isNetworkNew'>

export class Pulse {
  readonly #clock: Clock
  readonly #network: () => string
  readonly #onBeat: (tick: Tick) => void
  #stop: (() => void) | undefined

  constructor(clock: Clock, network: () => string, onBeat: (tick: Tick) => void) {
    this.#clock = clock
    this.#network = network
    this.#onBeat = onBeat
  }

  /** Starts or ends it; nothing happens when that is so already. */
  run(isWanted: boolean): void {
    if (isWanted === (this.#stop !== undefined)) return
    this.#stop?.()
    this.#stop = isWanted ? this.#start() : undefined
  }

  #start(): () => void {
    let before = this.#look()
    return every(this.#clock, beatEveryMs, () => {
      const now = this.#look()
      const gapMs = Math.max(now.wall - before.wall, now.mono - before.mono)
      const isNetworkNew = now.network !== before.network
      before = now
      this.#onBeat({ at: now.mono, gapMs, isNetworkNew })
    })
  }

  #look() {
    return { wall: this.#clock.now(), mono: this.#clock.monotonic(), network: this.#network() }
  }
}
