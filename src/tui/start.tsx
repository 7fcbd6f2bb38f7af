/** Opens the screen: paints it first, connects behind it, and gives the terminal back however it ends. */

import { randomUUID } from 'node:crypto'
import { appendFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type ClientPaths, clientPaths, type Env } from '../client/paths.ts'
import { sessionTitle } from '../client/session-words.ts'
import type { TargetFlags } from '../client/target.ts'
import { systemClock } from '../shared/std/clock.ts'
import { sleep } from '../shared/std/signal.ts'
import { AnswerMemory } from '../tunnel/ssh/answer-memory.ts'
import { App } from './app.tsx'
import { farewell } from './farewell.ts'
import { reach } from './fleet/reach.ts'
import { Recency } from './fleet/recency.ts'
import { Roster } from './fleet/roster.ts'
import { KeyReader } from './input/stdin.ts'
import { currentRow } from './store/sessions.ts'
import { notify } from './terminal/bell.ts'
import { copyText } from './terminal/clipboard.ts'
import { guardTerminal } from './terminal/guard.ts'
import { askTerminal, restoreTerminal } from './terminal/modes.ts'
import { mountInk } from './terminal/mount.ts'
import { editorPrograms, pipeTo } from './terminal/programs.ts'
import { Screen, screenSize } from './terminal/screen.ts'
import { editElsewhere, editorCommand, lendTerminal, stopUntilContinued } from './terminal/suspend.ts'
import { restoreTitle, saveTitle, setTitle } from './terminal/title.ts'
import { followColors } from './theme/follow.ts'
import { createUi, type Platform, type Ui } from './ui.ts'

export type StartOptions = TargetFlags & {
  /** Session key to open; the main session when absent. */
  readonly session?: string | undefined
  /** `CLAWDBOT_MOTION=off` stops everything that moves by itself. */
  readonly env: Env
  /** Path of `clawdbot-server`, for the gateway of the profile `local`. */
  readonly serverProgram: string
}

/** How long leaving waits for the connections to close, milliseconds. */
const goodbyeMs = 1000

/** Resolves with the exit code once the person has left. Rejects with a `Fault` for flags or settings that are wrong. */
export async function startTui(options: StartOptions): Promise<number> {
  const { env, serverProgram } = options
  const paths = clientPaths(env)
  const recency = new Recency(join(paths.stateDir, 'recent-gateways.json'))
  const { roster, problem } = await Roster.open({ flags: options, env, paths, recency, clock: systemClock })
  const gateways: AsyncDisposable[] = []
  const typed = new AnswerMemory()
  const left = Promise.withResolvers<void>()
  const screen = new Screen(process.stdout, systemClock)
  const write = (text: string): void => void process.stdout.write(text)
  const reader = new KeyReader({
    input: process.stdin,
    write,
    clock: systemClock,
    onEvents: (events) => ui.onEvents(events),
    onReply: (reply) => colors.hear(reply),
    onEnd: left.resolve,
  })
  const ui = createUi({
    saved: roster,
    equip({ id }, prompts) {
      const world = { env, paths, clock: systemClock, serverProgram, onProgress: (line: string) => ui.mention(line) }
      const equipment = reach(roster.reachable(id), (asking) => roster.target(id, asking), typed.over(prompts), world)
      gateways.push(equipment.gateway)
      return equipment
    },
    onUse: (id, atMs) => recency.mark(id, atMs),
    platform: platformOf(env, screen, reader, left.resolve),
    clock: systemClock,
    newId: randomUUID,
    sessionKey: options.session ?? 'main',
    ...screenSize(screen),
    isCalm: env.CLAWDBOT_MOTION === 'off',
  })
  const colors = followColors(env, (theme, depth) => ui.picture.setColors(theme, depth))
  const guard = guardTerminal({
    process,
    restore: () => void writeSync(process.stdout.fd, restoreTerminal + restoreTitle),
    onCrash: (error) => reportCrash(error, ui, paths),
    onSignal: () => ui.flush(),
  })
  screen.on('size', () => ui.store.dispatch({ type: 'view.resized', ...screenSize(screen) }))
  write(saveTitle)
  const endTitle = followTitle(ui, write)
  const resume = (): void => screen.resume()
  process.on('SIGCONT', resume)
  reader.reclaim()
  const ink = mountInk(<App picture={ui.picture} />, { screen, isFullScreen: true })
  write(askTerminal)
  ui.fleet.start()
  if (problem) ui.complain(problem)

  await left.promise
  endTitle()
  process.off('SIGCONT', resume)
  reader.letGo()
  ink.unmount()
  guard.restore()
  guard[Symbol.dispose]()
  ui[Symbol.dispose]()
  screen.destroy()
  process.stdout.write(farewell(ui.store.get()))
  // A far end that does not answer its goodbye must not keep the person from the shell.
  const goodbyes = gateways.map((gateway) => gateway[Symbol.asyncDispose]())
  await Promise.race([Promise.all(goodbyes), sleep(systemClock, goodbyeMs)])
  return 0
}

function platformOf(env: Env, screen: Screen, reader: KeyReader, quit: () => void): Platform {
  const holders = [reader, screen]
  const write = (text: string): void => void process.stdout.write(text)
  return {
    quit,
    redraw: () => screen.repaint(),
    notify: (notification) => write(notify(notification, env)),
    suspend() {
      if (process.platform !== 'win32') void lendTerminal(holders, () => stopUntilContinued(process))
    },
    async copy(text) {
      const copied = await copyText(text, env, process.platform, { pipe: pipeTo, write })
      if (copied.kind === 'failed') return `Not copied: ${copied.reason}.`
      return copied.kind === 'copied' ? `Copied with ${copied.via}.` : 'Sent to the terminal’s clipboard (OSC 52).'
    },
    async edit(text) {
      const edited = await editElsewhere(text, editorCommand(env, process.platform), holders, editorPrograms)
      return edited.kind === 'edited' ? edited.text : undefined
    },
  }
}

function followTitle(ui: Ui, write: (text: string) => void): () => void {
  let shown = ''
  const follow = (): void => {
    const { sessions, fleet, connection } = ui.store.get()
    const gateway = fleet.members.length > 1 ? `${connection.name} · ` : ''
    const title = `clawdbot · ${gateway}${sessionTitle(sessions.key, currentRow(sessions))}`
    if (title === shown) return
    shown = title
    write(setTitle(title))
  }
  follow()
  return ui.store.subscribe(follow)
}

function reportCrash(error: unknown, ui: Ui, paths: ClientPaths): void {
  ui.flush()
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  try {
    appendFileSync(paths.crashLog, `${new Date(systemClock.now()).toISOString()} ${text}\n`, { mode: 0o600 })
  } catch {
    // Without a log the words below are all there is.
  }
  process.stderr.write(`clawdbot ended because of a mistake of its own. What you wrote is kept.\n${text}\n`)
}
