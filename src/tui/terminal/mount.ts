/** Ink, mounted our way: on our screen, with our input, drawing only what changed. The program and its tests share this. */
import { PassThrough } from 'node:stream'
import { type Instance, render } from 'ink'
import type { ReactNode } from 'react'
import type { Screen } from './screen.ts'

export type MountOptions = {
  screen: Screen
  /** On the alternate screen, filling it; otherwise inline, below what the terminal shows. */
  isFullScreen: boolean
  /** Called after each frame with the milliseconds that Ink took for it. */
  onFrame?: (renderMs: number) => void
}

/**
 * Ink draws the first change of a burst at once and the last after 4 ms. Longer, and a key waits behind the frame of a
 * streamed word: at 60 a second, echo was 20 ms at the median (bench/tui-frame.ts). Who streams keeps to 30 a second.
 */
const maxFps = 250

export function mountInk(element: ReactNode, { screen, isFullScreen, onFrame }: MountOptions): Instance {
  const instance = render(element, {
    stdout: screen as unknown as NodeJS.WriteStream,
    stdin: inertInput(),
    stderr: new PassThrough().resume() as unknown as NodeJS.WriteStream,
    interactive: true, // decided by our caller; Ink would say no wherever CI is set
    alternateScreen: isFullScreen,
    incrementalRendering: true,
    maxFps,
    patchConsole: false,
    exitOnCtrlC: false,
    kittyKeyboard: { mode: 'disabled' }, // KeyReader owns the keyboard
    isScreenReaderEnabled: false,
    onRender: ({ renderTime }) => {
      screen.frameDone()
      onFrame?.(renderTime)
    },
  })
  screen.on('forget', () => instance.clear())
  return instance
}

/** A stdin on which nothing ever arrives: Ink must not compete for keys. */
function inertInput(): NodeJS.ReadStream {
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => stream,
    ref: () => stream,
    unref: () => stream,
  })
  return stream as unknown as NodeJS.ReadStream
}
