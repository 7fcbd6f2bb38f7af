/** Keeps a tunnel open: opens it, hands out streams, and opens it again with backoff, for ever, after it was lost. */

import { errorText, Fault } from '../../shared/fault.ts'
import { backoffDelayMs } from '../../shared/std/backoff.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { raceAbort, sleep } from '../../shared/std/signal.ts'
import type { Tunnel } from '../../tunnel/tunnel.ts'
import { retryBackoff } from '../machine.ts'

export type KeeperState =
  | { readonly phase: 'opening' }
  | { readonly phase: 'up'; readonly route: string; readonly origin: string }
  | { readonly phase: 'waiting'; readonly fault: Fault; readonly delayMs: number }

export type KeeperOptions = {
  /** Rejects with a `Fault`; one that is not retryable ends the keeping. */
  readonly open: (signal: AbortSignal) => Promise<Tunnel>
  readonly clock: Clock
  /** A number in [0, 1). */
  readonly random: () => number
  readonly onState: (state: KeeperState) => void
}

/** The backoff starts over after a tunnel has stood this long, milliseconds. */
const provenAfterMs = 10_000
/** How long somebody who connects waits for a tunnel that is coming up, milliseconds. */
const patienceMs = 10_000

export class TunnelKeeper implements AsyncDisposable {
  /** Settles when the keeping ends: with what only a person can mend, or with nothing after disposal. Never rejects. */
  readonly ended: Promise<Fault | undefined>
  readonly #options: KeeperOptions
  readonly #ending = new AbortController()
  #state: KeeperState = { phase: 'opening' }
  #tunnel: Tunnel | undefined
  #changed = Promise.withResolvers<void>()

  constructor(options: KeeperOptions) {
    this.#options = options
    this.ended = this.#keep().then(
      () => undefined,
      (error: unknown) => (this.#ending.signal.aborted ? undefined : asFault(error)),
    )
  }

  /** The tunnel that is up, or comes up soon. Rejects with why there is none, or with the signal's reason. */
  async tunnel(signal: AbortSignal): Promise<Tunnel> {
    const { clock } = this.#options
    const end = clock.monotonic() + patienceMs
    while (!this.#tunnel) {
      const leftMs = end - clock.monotonic()
      if (leftMs <= 0 || this.#ending.signal.aborted) throw this.#absence()
      const waiting = new AbortController()
      const limit = sleep(clock, leftMs, AbortSignal.any([signal, waiting.signal]))
      await Promise.race([this.#changed.promise, limit]).finally(() => waiting.abort())
      limit.catch(() => {}) // called off: something changed first
    }
    return this.#tunnel
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort(new Error('the forward ends'))
    this.#wake()
    await this.ended
  }

  /** Returns only by throwing: what is not retryable, or the end. */
  async #keep(): Promise<never> {
    const { open, clock, random } = this.#options
    const { signal } = this.#ending
    for (let attempt = 0; ; attempt++) {
      let fault: Fault
      this.#enter({ phase: 'opening' })
      try {
        await using tunnel = await open(signal)
        const since = clock.monotonic()
        fault = await this.#stand(tunnel)
        if (clock.monotonic() - since >= provenAfterMs) attempt = 0
      } catch (error) {
        signal.throwIfAborted()
        fault = asFault(error)
      }
      if (!fault.retryable) throw fault
      const delayMs = backoffDelayMs(retryBackoff, attempt, random())
      this.#enter({ phase: 'waiting', fault, delayMs })
      await sleep(clock, delayMs, signal)
    }
  }

  /** Until it is gone; resolves with why. */
  async #stand(tunnel: Tunnel): Promise<Fault> {
    this.#tunnel = tunnel
    this.#enter({ phase: 'up', route: tunnel.route, origin: tunnel.origin })
    try {
      const fault = await raceAbort(tunnel.closed, this.#ending.signal)
      return fault ?? new Fault('client.closed', `The tunnel to ${tunnel.origin} closed`, { retryable: true })
    } finally {
      this.#tunnel = undefined
    }
  }

  #enter(state: KeeperState): void {
    this.#state = state
    this.#options.onState(state)
    this.#wake()
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  #absence(): Fault {
    if (this.#state.phase === 'waiting') return this.#state.fault
    return new Fault('client.timeout', 'The tunnel did not come up in time', { retryable: true })
  }
}

/** A bug ends the keeping too, as its sentence. */
function asFault(error: unknown): Fault {
  return error instanceof Fault ? error : new Fault('client.closed', errorText(error), { cause: error })
}
