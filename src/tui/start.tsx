/** Opens the screen: paints it first, connects behind it, and gives the terminal back however it ends. */

import { createHash, randomUUID } from 'node:crypto'
import { appendFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { TranscriptCache } from '../client/cache.ts'
import { type ClientPaths, clientPaths, type Env } from '../client/paths.ts'
import { resolveTarget, type Target, type TargetFlags } from '../client/target.ts'
import { systemClock } from '../shared/std/clock.ts'
import { sleep } from '../shared/std/signal.ts'
import type { Prompts } from '../tunnel/prompts.ts'
import { App } from './app.tsx'
import { keyOf } from './commands/keymap.ts'
import { farewell } from './farewell.ts'
import type { Profile } from './fleet/fleet.ts'
import { fileKeep } from './gateway/keep.ts'
import { LateGateway } from './gateway/late-gateway.ts'
import type { Reply } from './input/event.ts'
import { KeyReader } from './input/stdin.ts'
import { currentRow, sessionTitle } from './store/sessions.ts'
import { notify } from './terminal/bell.ts'
import { copyText } from './terminal/clipboard.ts'
import { guardTerminal } from './terminal/guard.ts'
import { askTerminal, restoreTerminal } from './terminal/modes.ts'
import { mountInk } from './terminal/mount.ts'
import { editorPrograms, pipeTo } from './terminal/programs.ts'
import { Screen } from './terminal/screen.ts'
import { editElsewhere, editorCommand, lendTerminal, stopUntilContinued } from './terminal/suspend.ts'
import { restoreTitle, saveTitle, setTitle } from './terminal/title.ts'
import { type ColorReplies, detectTheme } from './theme/detect.ts'
import { createUi, type Platform, type Ui } from './ui.ts'

export type StartOptions = TargetFlags & {
  /** Session key to open; the main session when absent. */
  readonly session?: string | undefined
  /** `CLAWDBOT_MOTION=off` stops everything that moves by itself. */
  readonly env: Env
  /** Path of `clawdbot-server`, for the gateway of the profile `local`. */
  readonly serverProgram: string
}

/** Resolves with the exit code once the person has left. Rejects with a `Fault` for flags or settings that are wrong. */
/** How long leaving waits for the connection to close, milliseconds. */
const goodbyeMs = 1000

export async function startTui(options: StartOptions): Promise<number> {
  const paths = clientPaths(options.env)
  const target = await resolveTarget(options, options.env, paths)
  const gateways: LateGateway[] = []
  const profile: Profile = {
    ...{ id: target.id, name: target.name, ways: [target.origin], isWarm: false, isSaved: false, usedAt: undefined },
  }
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
    profiles: [profile],
    equip(_, prompts) {
      const gateway = openLate(options, target, paths, prompts, (line) => ui.say(line))
      gateways.push(gateway)
      return {
        gateway,
        cache: new TranscriptCache(paths.cacheDir, target.id),
        keep: fileKeep(join(paths.stateDir, 'drafts', `${nameOf(target)}.json`)),
      }
    },
    platform: platformOf(options.env, screen, reader, left.resolve),
    clock: systemClock,
    newId: randomUUID,
    sessionKey: options.session ?? 'main',
    ...sizeOf(screen),
    isCalm: options.env.CLAWDBOT_MOTION === 'off',
  })
  const colors = followColors(options.env, ui)
  const guard = guardTerminal({
    process,
    restore: () => void writeSync(process.stdout.fd, restoreTerminal + restoreTitle),
    onCrash: (error) => reportCrash(error, ui, paths),
    onSignal: () => ui.flush(),
  })
  screen.on('size', () => ui.store.dispatch({ type: 'view.resized', ...sizeOf(screen) }))
  write(saveTitle)
  const endTitle = followTitle(ui, write)
  reader.reclaim()
  const ink = mountInk(<App picture={ui.picture} />, { screen, isFullScreen: true })
  write(askTerminal)
  ui.fleet.start()

  await left.promise
  endTitle()
  release(reader)
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

/** A window that was closed takes its terminal along: then there is nothing to switch back. */
function release(reader: KeyReader): void {
  try {
    reader.release()
  } catch {
    // setRawMode answers EIO
  }
}

/** On Windows a frame as high as the window is drawn whole each time (tui.md C11): one row stays free there. */
function sizeOf({ columns, rows }: Screen): { columns: number; rows: number } {
  return { columns, rows: process.platform === 'win32' ? Math.max(1, rows - 1) : rows }
}

/** The gateway of this machine is started when it does not run, also when the person asks to connect again. */
function openLate(
  options: StartOptions,
  target: Target,
  paths: ClientPaths,
  prompts: Prompts,
  onProgress: (line: string) => void,
): LateGateway {
  const { env, serverProgram: program } = options
  const { name, origin: url } = target
  const isOurs = target.autostart !== undefined
  // What connects is loaded after the first frame is on the screen.
  const ensure = async (signal: AbortSignal) => {
    const { ensureLocalGateway } = await import('../client/local.ts')
    const start = { port: target.autostart?.port, env, paths, program, clock: systemClock, onProgress, signal }
    return await ensureLocalGateway(start)
  }
  return new LateGateway({
    view: { name, url, transport: 'direct' },
    async open(signal) {
      // Starting it makes its secret and may choose another port, so the target is read again.
      if (isOurs) await ensure(signal)
      const ready = isOurs ? await resolveTarget(options, env, paths) : target
      const { openScreenConnection } = await import('../client/connect.ts')
      return await openScreenConnection(ready, { paths, env, clock: systemClock, prompts })
    },
    ...(isOurs
      ? {
          retryRemedy: `${keyOf('retry')} starts it again.`,
          beforeRetry: async (signal: AbortSignal) => void (await ensure(signal)),
        }
      : {}),
  })
}

/** Drafts belong to a gateway: this machine's by name, since its port may change; others by their address. */
function nameOf(target: Target): string {
  if (target.isLocal) return 'local'
  return createHash('sha256').update(target.id).digest('hex').slice(0, 32)
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

/** The theme follows what the terminal answers, also later when its desktop turns dark or light. */
function followColors(env: Env, ui: Ui): { hear(reply: Reply): void } {
  let replies: ColorReplies = {}
  const apply = (): void => {
    const { theme, depth } = detectTheme(env as Parameters<typeof detectTheme>[0], replies)
    ui.picture.setColors(theme, depth)
  }
  apply()
  return {
    hear(reply) {
      if (reply.of === 'color' && reply.target === 'background') replies = { ...replies, background: reply }
      else if (reply.of === 'color-scheme') replies = { scheme: reply.scheme }
      else return
      apply()
    },
  }
}

function followTitle(ui: Ui, write: (text: string) => void): () => void {
  let shown = ''
  const follow = (): void => {
    const { sessions } = ui.store.get()
    const title = `clawdbot · ${sessionTitle(sessions.key, currentRow(sessions))}`
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
