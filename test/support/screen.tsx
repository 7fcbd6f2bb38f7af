/**
 * A screen for tests: the element is drawn by Ink through our own `Screen` into a real terminal emulator, and what is
 * typed goes through our own `KeyReader`. Nothing of the path is fake but the glass.
 */
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import type { ReactNode } from 'react'
import { type Clock, systemClock } from '../../src/shared/std/clock.ts'
import type { InputEvent, Reply } from '../../src/tui/input/event.ts'
import { KeyReader } from '../../src/tui/input/stdin.ts'
import { mountInk } from '../../src/tui/terminal/mount.ts'
import { Screen, type TerminalOutput } from '../../src/tui/terminal/screen.ts'
import { bytesOf, splitKeys, splitStrokes } from './keys.ts'
import { openTerminal, type Terminal } from './terminal.ts'

export type ScreenOptions = {
  columns?: number
  rows?: number
  /** How the terminal draws clusters; see `openTerminal`. */
  joins?: boolean
  clock?: Clock
  isFullScreen?: boolean
  /** Draws `element` with more than a constant: called with the key events as they come. */
  onEvents?: (events: readonly InputEvent[]) => void
  onReply?: (reply: Reply) => void
  onFrame?: (renderMs: number) => void
}

/** The terminal as a stream, counting what is written to it. */
class Glass extends EventEmitter implements TerminalOutput {
  readonly isTTY = true
  writes: string[] = []
  readonly #terminal: Terminal
  #drawn: Promise<void> = Promise.resolve()

  constructor(terminal: Terminal) {
    super()
    this.#terminal = terminal
  }

  get columns(): number {
    return this.#terminal.columns
  }

  get rows(): number {
    return this.#terminal.rows
  }

  write(text: string, done?: (error?: Error | null) => void): boolean {
    this.writes.push(text)
    this.#drawn = this.#terminal.write(text).then(() => done?.())
    return true
  }

  drawn(): Promise<void> {
    return this.#drawn
  }
}

export async function openScreen(element: ReactNode, options: ScreenOptions = {}) {
  const { columns = 80, rows = 24, joins = true, clock = systemClock, isFullScreen = true } = options
  const terminal = openTerminal({ columns, rows, joins })
  const glass = new Glass(terminal)
  const screen = new Screen(glass, clock)
  const input = new PassThrough()
  const reader = new KeyReader({
    input,
    write: (sequence) => void glass.write(sequence),
    clock,
    onEvents: (events) => options.onEvents?.(events),
    onReply: (reply) => options.onReply?.(reply),
    onEnd: () => {},
  })
  terminal.onAnswer((bytes) => input.write(bytes))
  reader.reclaim()
  const ink = mountInk(element, { screen, isFullScreen, ...(options.onFrame ? { onFrame: options.onFrame } : {}) })

  /** Everything that was caused so far is drawn. */
  async function settle(): Promise<void> {
    await ink.waitUntilRenderFlush()
    await glass.drawn()
  }
  await settle()

  return {
    terminal,
    screen,
    /** What was written since the last call, one string per write. */
    takeWrites: (): string[] => glass.writes.splice(0),
    rerender: async (next: ReactNode): Promise<void> => {
      ink.rerender(next)
      await settle()
    },
    settle,
    /** Types keys (`hello<enter>`), one read per key, and waits until their effect is drawn: a word as fast as it goes. */
    async type(keys: string): Promise<void> {
      for (const strokes of splitStrokes(keys)) {
        for (const key of splitKeys(strokes)) input.write(bytesOf(key))
        await settle()
      }
    },
    /** Sends raw bytes as one read. */
    async send(bytes: string | Uint8Array): Promise<void> {
      input.write(bytes)
      await settle()
    },
    paste: (text: string): Promise<void> => {
      input.write(`\x1b[200~${text}\x1b[201~`)
      return settle()
    },
    /** The screen as a person sees it. */
    text: (): string => terminal.screen(),
    row: (row: number): string => terminal.row(row),
    /** Waits until the text is on the screen. */
    async until(text: string | RegExp, timeoutMs = 5_000): Promise<void> {
      const end = performance.now() + timeoutMs
      const isThere = () => (typeof text === 'string' ? terminal.screen().includes(text) : text.test(terminal.screen()))
      for (; !isThere(); await new Promise((tick) => setTimeout(tick, 5))) {
        if (performance.now() > end)
          throw new Error(`not on screen after ${timeoutMs} ms: ${text}\n${terminal.screen()}`)
      }
    },
    async resize(size: { columns: number; rows: number }): Promise<void> {
      terminal.resize(size)
      glass.emit('resize')
      await settle()
    },
    async [Symbol.asyncDispose](): Promise<void> {
      reader.release()
      ink.unmount()
      await glass.drawn()
      screen.destroy()
      await terminal[Symbol.asyncDispose]()
    },
  }
}
