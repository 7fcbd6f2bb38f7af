/**
 * The stream that Ink draws on. Ink writes a frame in two or three pieces; a terminal without synchronized output shows
 * each of them. Here what is written in one turn leaves as one write, a slow terminal is waited for, and a resize is
 * drawn at most once per 33 ms and from a clean screen. Rows that bypass Ink (body.ts) leave in the same write.
 */
import { Writable } from 'node:stream'
import type { Clock } from '../../shared/std/clock.ts'
import { Body, type BodyRows, type Caret } from './body.ts'
import {
  beginSync,
  endSync,
  enterAlternate,
  eraseScreen,
  hideCursor,
  keepInRow,
  leaveAlternate,
  showCursor,
  wrapRows,
} from './modes.ts'

/** What a screen needs of `process.stdout`. */
export type TerminalOutput = {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  /** Asks the terminal for its size. Node does so by itself on SIGWINCH, which a suspended program is not sent. */
  _refreshSize?(): void
  write(text: string, done?: (error?: Error | null) => void): boolean
  on(event: 'resize', listener: () => void): unknown
  off(event: 'resize', listener: () => void): unknown
}

/** Shortest time between two resizes, in milliseconds. Dragging a window's edge sends twenty and more a second. */
const resizeMs = 33

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
  readonly #body = new Body()
  #isGathering = false
  #isLent = false
  #isMuted = false
  /** What Ink draws around the body has changed, and is not drawn yet: alone, the body would fit what was there before. */
  #isFrameDue = false
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

  /** Rows past Ink, until the next call of their owner. Where they are, Ink must draw nothing. Only on the alternate screen. */
  showBody(owner: object, rows: BodyRows): void {
    this.#body.show(owner, rows)
    this.write('')
  }

  /** The same, to be drawn together with the frame that Ink is about to draw. */
  showWithFrame(owner: object, rows: BodyRows): void {
    this.#body.show(owner, rows)
    this.#isFrameDue = true
  }

  /** Where one writes, from the next frame on. */
  setCaret(caret: Caret | undefined): void {
    this.#body.setCaret(caret)
    this.#isFrameDue = true
  }

  /** Ink has drawn its frame, or found it to be as before. */
  frameDone(): void {
    if (!this.#isFrameDue) return
    this.#isFrameDue = false
    this.write('')
  }

  hideBody(owner: object): void {
    this.showBody(owner, { top: 0, lines: [] })
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

  /** Lends the terminal to another program: back to its first screen, and nothing is drawn until `reclaim`. */
  release(): void {
    this.#output.write(wrapRows + leaveAlternate + showCursor)
    this.#isLent = true
  }

  reclaim(): void {
    this.#isLent = false
    this.#output.write(enterAlternate + keepInRow + hideCursor)
    this.resume()
  }

  /** This program was stopped: the window may have another size by now, and the shell may have written into it. */
  resume(): void {
    if (this.#isLent) return
    this.#output._refreshSize?.()
    this.#cancelResize?.()
    this.#applySize()
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
    const frame = this.#isLent ? '' : this.#compose(text)
    if (frame === '') done()
    else this.#output.write(frame, done)
  }

  /** Ink's bytes and the body's rows as one synchronized frame. */
  #compose(text: string): string {
    if ((this.#prefix !== '' || this.#isFrameDue) && text === '') return '' // Ink's frame is on its way
    if (this.#prefix !== '' || text.includes(enterAlternate)) this.#body.forget()
    // A terminal that switches screens leaves its cursor where the shell had it, and one that was on this screen already
    // (a program there was killed) leaves what stood there.
    const ink = text
      .replaceAll(beginSync, '')
      .replaceAll(endSync, '')
      .replace(enterAlternate, `${enterAlternate}${keepInRow}${eraseScreen}`)
      .replace(leaveAlternate, `${wrapRows}${leaveAlternate}`)
    const clearing = this.#body.clearing()
    this.#body.track(ink, this.rows)
    const drawn = this.#prefix + clearing + ink + this.#body.painting()
    const frame = drawn === '' ? '' : drawn + this.#body.placing()
    this.#prefix = ''
    return frame === '' ? '' : beginSync + frame + endSync
  }

  #applySize(): void {
    this.#cancelResize = undefined
    this.columns = this.#output.columns || this.columns
    this.rows = this.#output.rows || this.rows
    this.repaint()
  }
}

/** On Windows a frame as high as the window is drawn whole each time (tui.md C11): one row stays free there. */
export function screenSize({ columns, rows }: Screen): { columns: number; rows: number } {
  return { columns, rows: process.platform === 'win32' ? Math.max(1, rows - 1) : rows }
}

const textOf = (chunk: string | Uint8Array): string =>
  typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)
