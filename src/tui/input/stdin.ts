/**
 * The owner of the terminal's input: raw mode, the modes, the bytes and their timeouts. Decisions are the tokenizer's
 * and the burst guard's; this file only has the streams and the clock.
 */
import type { Clock } from '../../shared/std/clock.ts'
import { enterModes, leaveModes } from '../terminal/modes.ts'
import { type BurstInput, emptyBurst, guardEnter } from './burst.ts'
import type { InputEvent, Reply } from './event.ts'
import { emptyTokenizer, type TokenizerInput, tokenize } from './tokenizer.ts'

/** What is needed of `process.stdin`. */
export type TerminalInput = {
  setRawMode?: ((isRaw: boolean) => unknown) | undefined
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  on(event: 'end', listener: () => void): unknown
  off(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  off(event: 'end', listener: () => void): unknown
  resume(): unknown
  pause(): unknown
}

export type InputOptions = {
  input: TerminalInput
  /** Where mode switches are written: the terminal itself, past Ink. */
  write: (sequence: string) => void
  clock: Clock
  /** Keys, text, pastes, mouse and focus, in order, as they were read: one call per read. */
  onEvents: (events: readonly InputEvent[]) => void
  /** Answers of the terminal. */
  onReply: (reply: Reply) => void
  /** The terminal hung up. */
  onEnd: () => void
}

/** Reads keys while it holds the terminal: `reclaim` takes it, `release` lends it to another program. */
export class KeyReader implements Disposable {
  readonly #options: InputOptions
  #tokenizer = emptyTokenizer
  #burst = emptyBurst
  #isReading = false
  #cancelTokenizer = (): void => {}
  #cancelBurst = (): void => {}

  constructor(options: InputOptions) {
    this.#options = options
  }

  /** Raw mode and modes on, bytes flowing. */
  reclaim(): void {
    if (this.#isReading) return
    this.#isReading = true
    const { input, write } = this.#options
    input.setRawMode?.(true)
    write(enterModes)
    input.on('data', this.#onData)
    input.on('end', this.#onEnd)
    input.resume()
  }

  /** The opposite; a half-read sequence is forgotten. */
  release(): void {
    if (!this.#isReading) return
    this.#isReading = false
    const { input, write } = this.#options
    input.off('data', this.#onData)
    input.off('end', this.#onEnd)
    input.pause()
    write(leaveModes)
    input.setRawMode?.(false)
    this.#cancelTokenizer()
    this.#cancelBurst()
    this.#tokenizer = emptyTokenizer
    this.#burst = { ...emptyBurst, isBracketing: this.#burst.isBracketing }
  }

  /** The same for good: a window that was closed took its terminal along, and there is nothing to switch back. */
  letGo(): void {
    try {
      this.release()
    } catch {
      // setRawMode answers EIO
    }
  }

  [Symbol.dispose](): void {
    this.release()
  }

  readonly #onEnd = (): void => this.#options.onEnd()

  readonly #onData = (bytes: Uint8Array): void => this.#read({ kind: 'bytes', bytes })

  #read(input: TokenizerInput): void {
    this.#cancelTokenizer()
    const { state, events } = tokenize(this.#tokenizer, input)
    this.#tokenizer = state
    this.#cancelTokenizer = this.#later(state.waitMs, () => this.#read({ kind: 'timeout' }))
    if (events.length > 0) this.#pass({ kind: 'read', events, nowMs: this.#options.clock.monotonic() })
  }

  #pass(input: BurstInput): void {
    this.#cancelBurst()
    const { state, events } = guardEnter(this.#burst, input)
    this.#burst = state
    this.#cancelBurst = this.#later(state.waitMs, () => this.#pass({ kind: 'timeout' }))
    for (const event of events) if (event.kind === 'reply') this.#options.onReply(event.reply)
    const keys = events.filter((event) => event.kind !== 'reply')
    if (keys.length > 0) this.#options.onEvents(keys)
  }

  #later(waitMs: number | undefined, task: () => void): () => void {
    return waitMs === undefined ? () => {} : this.#options.clock.after(waitMs, task)
  }
}
