/** Puts what a run streams on disk and then on the bus; pieces that come faster than a screen draws go together. */

import type { Clock } from '../../shared/std/clock.ts'
import { Pacer } from '../../shared/std/pacer.ts'
import type { Bus, RunRef } from '../bus.ts'

/**
 * A piece goes out at once, then the next ones at most this often: half of what the fastest listeners are told. One
 * checkpoint takes about 45 µs, so 5,000 tokens at full speed took 220 ms of CPU each on its own (bench/stream.ts).
 */
const paceMs = 8

/** The part of the session store that keeps what is streamed. `offset` is within the current step's own words. */
export type Checkpoints = {
  checkpoint(runId: string, offset: number, text: string, kind: 'text' | 'thinking'): void
}

export type Piece = {
  type: 'text' | 'thinking'
  /** Where it belongs in the whole run, and as it is shown there. */
  offset: number
  text: string
  /** The same for the current step's own words, as the log keeps them. */
  stepOffset: number
  stepText: string
}

export class Teller {
  readonly #log: Checkpoints
  readonly #bus: Bus
  readonly #run: RunRef
  readonly #pacer: Pacer
  #waiting: Piece | undefined
  #failure: unknown

  constructor({ log, bus, clock }: { log: Checkpoints; bus: Bus; clock: Clock }, run: RunRef) {
    this.#log = log
    this.#bus = bus
    this.#run = run
    this.#pacer = new Pacer({ clock, emit: () => this.#tryTell(), intervalMs: () => paceMs })
  }

  /** Throws what kept an earlier piece from being stored: a run that cannot be stored does not go on. */
  add(piece: Piece): void {
    if (this.#waiting?.type === piece.type) this.#waiting = joined(this.#waiting, piece)
    else {
      this.flush()
      this.#waiting = piece
    }
    this.#pacer.poke()
    this.#throwFailure()
  }

  /** Tells what waits; afterwards everything added is stored and told. Throws as `add` does. */
  flush(): void {
    this.#pacer.flush()
    this.#throwFailure()
  }

  /** The run is over, whatever happened: what can still be told is told, and nothing later. */
  close(): void {
    this.#pacer.flush()
    this.#pacer.stop()
  }

  /** Also called by a timer, where nobody could catch. */
  #tryTell(): void {
    const piece = this.#waiting
    if (!piece || this.#failure !== undefined) return
    this.#waiting = undefined
    try {
      // On disk first, then on the wire: nothing is shown that a crash could unsay.
      this.#log.checkpoint(this.#run.runId, piece.stepOffset, piece.stepText, piece.type)
      this.#bus.publish({ type: `run.${piece.type}`, run: this.#run, offset: piece.offset, text: piece.text })
    } catch (error) {
      this.#failure = error
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

function joined(earlier: Piece, later: Piece): Piece {
  return { ...earlier, text: earlier.text + later.text, stepText: earlier.stepText + later.stepText }
}
