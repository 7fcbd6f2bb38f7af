/** Opens the wizard on the whole screen, and gives the terminal back however it ends. */

import { writeSync } from 'node:fs'
import { Box, useCursor } from 'ink'
import { useSyncExternalStore } from 'react'
import type { OnboardFacts, Trials } from '../../client/onboard/facts.ts'
import type { Answers } from '../../client/onboard/step.ts'
import { systemClock } from '../../shared/std/clock.ts'
import { Rows } from '../components/rows.tsx'
import { KeyReader } from '../input/stdin.ts'
import { useCaret } from '../terminal/body-rows.tsx'
import { guardTerminal } from '../terminal/guard.ts'
import { askTerminal, restoreTerminal } from '../terminal/modes.ts'
import { mountInk } from '../terminal/mount.ts'
import { Screen, screenSize } from '../terminal/screen.ts'
import { followColors } from '../theme/follow.ts'
import { WizardDesk } from './desk.ts'
import { WizardPicture } from './picture.ts'

export type WizardOptions = {
  readonly facts: OnboardFacts
  readonly trials: Trials
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Resolves with the confirmed answers, or undefined when the person left. Nothing is written here. */
export async function startWizard({ facts, trials, env }: WizardOptions): Promise<Answers | undefined> {
  const done = Promise.withResolvers<Answers | undefined>()
  const screen = new Screen(process.stdout, systemClock)
  const desk = new WizardDesk({ facts, trials, onDone: done.resolve, redraw: () => screen.repaint() })
  const picture = new WizardPicture(desk, screenSize(screen))
  const colors = followColors(env, (theme, depth) => picture.setColors(theme, depth))
  const write = (text: string): void => void process.stdout.write(text)
  const reader = new KeyReader({
    ...{ input: process.stdin, write, clock: systemClock, onEvents: desk.onEvents },
    onReply: (reply) => colors.hear(reply),
    onEnd: () => done.resolve(undefined),
  })
  const guard = guardTerminal({
    process,
    restore: () => void writeSync(process.stdout.fd, restoreTerminal),
    onCrash: (error) => void process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`),
  })
  screen.on('size', () => picture.resize(screenSize(screen)))
  reader.reclaim()
  const ink = mountInk(<WizardScreen picture={picture} />, { screen, isFullScreen: true })
  write(askTerminal)
  const answers = await done.promise
  reader.letGo()
  ink.unmount()
  guard.restore()
  guard[Symbol.dispose]()
  screen.destroy()
  return answers
}

export function WizardScreen({ picture }: { picture: WizardPicture }) {
  const { lines, cursor } = useSyncExternalStore(picture.subscribe, picture.get)
  const { setCursorPosition } = useCursor()
  setCursorPosition(cursor && { x: cursor.column, y: cursor.row })
  useCaret(cursor)
  return (
    <Box flexDirection="column">
      <Rows top={0} lines={lines} />
    </Box>
  )
}
