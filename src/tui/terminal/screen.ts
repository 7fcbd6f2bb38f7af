/**
 * The stream that Ink draws on. Ink writes a frame in two or three pieces; a terminal without synchronized output shows
 * each of them. Here what is written in one turn leaves as one write, a slow terminal is waited for, and a resize is
 * drawn at most once per 33 ms and from a clean screen.
 */
import { Writable } from 'node:stream'
import type { Clock } from '../../shared/std/clock.ts'

/** What a screen needs of `process.stdout`. */
export type TerminalOutput = {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  write(text: string, done?: (error?: Error | null) => void): boolean
  on(event: 'resize', listener: () => void): unknown
  off(event: 'resize', listener: () => void): unknown
}

/** Shortest time between two resizes, in milliseconds. Dragging a window's edge sends twenty and more a second. */
export const resizeMs = 33

/** Home, and erase from there down: unlike 2J it pushes nothing into the scrollback. */
export const eraseScreen = '\x1b[H\x1b[J'

type WriteDone = (error?: Error | null) => void

/**
 * Events beside those of a Writable, in this order when everything is drawn anew: `forget`, on which whoever mounted Ink
 * makes it forget its last frame; `size`, on which the app takes the new size (Ink's own hook would first draw the old
 * layout on the new screen); `resize`, on which Ink draws what the app has not caused to be drawn.
 */
export class Screen extends Writable {
  readonly isTTY = true
  columns: number
  rows: number
  readonly #output: TerminalOutput
  readonly #clock: Clock
  #isGathering = false
  #isPaused = false
  #isMuted = false
  /** Goes out with the next frame, so that the screen is never seen empty. */
  #prefix = ''
  #cancelResize: (() => void) | undefined
  readonly #resized = (): void => {
    this.#cancelResize ??= this.#clock.after(resizeMs, () => this.#applySize())
  }

  constructor(output: TerminalOutput, clock: Clock) {
    super({ decodeStrings: false })
    this.#output = output
    this.#clock = clock
    this.columns = output.columns || 80
    this.rows = output.rows || 24
    output.on('resize', this.#resized)
  }

  /** The terminal has not taken the last frame yet. A frame scheduler waits; keys may still be drawn. */
  get isBusy(): boolean {
    return this.writableLength > 0
  }

  /** Lets everything be drawn anew, on an erased screen and in one write. */
  repaint(): void {
    this.#isMuted = true
    this.emit('forget')
    this.#isMuted = false
    this.#prefix = eraseScreen
    this.emit('size')
    queueMicrotask(() => this.emit('resize')) // after React, which commits in a microtask too
  }

  /** Nothing is drawn until `resume`: another program has the terminal. */
  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
  }

  override write(chunk: string | Uint8Array, done?: WriteDone): boolean
  override write(chunk: string | Uint8Array, encoding?: BufferEncoding, done?: WriteDone): boolean
  override write(chunk: string | Uint8Array, second?: BufferEncoding | WriteDone, done?: WriteDone): boolean {
    if (this.#isMuted) return true
    this.#gather()
    return typeof second === 'string' ? super.write(chunk, second, done) : super.write(chunk, second ?? done)
  }

  override _write(chunk: string | Uint8Array, _: BufferEncoding, done: WriteDone): void {
    this.#send(textOf(chunk), done)
  }

  override _writev(chunks: { chunk: string | Uint8Array }[], done: WriteDone): void {
    this.#send(chunks.map(({ chunk }) => textOf(chunk)).join(''), done)
  }

  override _destroy(error: Error | null, done: WriteDone): void {
    this.#output.off('resize', this.#resized)
    this.#cancelResize?.()
    done(error)
  }

  #gather(): void {
    if (this.#isGathering) return
    this.#isGathering = true
    this.cork()
    queueMicrotask(() => {
      this.#isGathering = false
      this.uncork()
    })
  }

  #send(text: string, done: WriteDone): void {
    if (text === '' || this.#isPaused) {
      done()
      return
    }
    this.#output.write(this.#prefix + text, done)
    this.#prefix = ''
  }

  #applySize(): void {
    this.#cancelResize = undefined
    this.columns = this.#output.columns || this.columns
    this.rows = this.#output.rows || this.rows
    this.repaint()
  }
}

const textOf = (chunk: string | Uint8Array): string =>
  typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)
