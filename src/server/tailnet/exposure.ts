/** Keeps the gateway where the settings want it in the tailnet: turns Serve or Funnel on, tries again, and takes it away. */

import { statSync } from 'node:fs'
import { errorText, Fault } from '../../shared/fault.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { deadline, sleep } from '../../shared/std/signal.ts'
import { byteLength } from '../../shared/std/text.ts'
import type { TailscaleCommand } from '../../tunnel/tailscale/cli.ts'
import { type Exposure, expose, withdraw } from '../../tunnel/tailscale/expose.ts'
import type { TailscaleStatus } from '../../tunnel/tailscale/status.ts'
import type { Config } from '../config/schema.ts'
import type { ServeEntrance } from '../gateway/serve-entrance.ts'
import type { GatewayServer } from '../gateway/server.ts'
import type { GatewayLog } from '../gateway/server-parts.ts'
import { readServeNote, writeServeNote } from './serve-note.ts'

export type ExposureParts = {
  readonly command: TailscaleCommand
  readonly settings: Config['gateway']['tailscale']
  readonly openServe: GatewayServer['openServe']
  readonly notePath: string
  readonly socketPath: string
  readonly print: (line: string) => void
  readonly log: GatewayLog
  /** For the audit log: `tailscale.served`, `tailscale.withdrawn`. */
  readonly note: (what: string, facts: Record<string, unknown>) => void
  readonly clock: Clock
  readonly platform?: NodeJS.Platform
}

/** Tailscale may be started, logged in or allowed later; milliseconds. */
const tryAgainMs = 30_000
const withdrawLimitMs = 10_000
/** `unix:` targets came with 1.94; a socket's path has a limit, see listen-socket.ts. */
const socketSince = [1, 94] as const
const maxSocketPathBytes = 103
const daemonSocket = '/var/run/tailscale/tailscaled.sock'

/** Works in the background: a gateway that Tailscale does not show is still one. Disposing it ends that, and resets if asked. */
export function keepExposed(parts: ExposureParts): AsyncDisposable {
  const { settings, notePath, command, log } = parts
  const life = new AbortController()
  const entrance = new EntranceKeeper(parts)
  const trying = settings.mode === 'off' ? takeAway(parts, life.signal) : keepTrying(parts, entrance, life.signal)
  const running = trying.catch((error: unknown) => {
    if (!life.signal.aborted) log.error('exposing the gateway failed unexpectedly', { error })
  })
  return {
    async [Symbol.asyncDispose]() {
      life.abort()
      await running
      await entrance[Symbol.asyncDispose]()
      const placed = readServeNote(notePath)
      if (settings.mode === 'off' || !settings.resetOnExit || !placed) return
      try {
        const how = await withdraw(command, placed, deadline(withdrawLimitMs))
        log.info('took away what Tailscale served', { how })
        parts.note('tailscale.withdrawn', { port: placed.port, how })
        writeServeNote(notePath, undefined)
      } catch (error) {
        log.warn('Tailscale still serves this gateway', { reason: errorText(error) })
      }
    },
  }
}

/** One listener for all tries, opened anew only when this machine was given another name. */
class EntranceKeeper implements AsyncDisposable {
  readonly #parts: ExposureParts
  #open: (ServeEntrance & { host: string }) | undefined

  constructor(parts: ExposureParts) {
    this.#parts = parts
  }

  async targetFor(status: TailscaleStatus, host: string): Promise<string> {
    if (this.#open?.host !== host) {
      await this[Symbol.asyncDispose]()
      this.#open = { ...(await openEntrance(this.#parts, status, host)), host }
    }
    return this.#open.target
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open?.[Symbol.asyncDispose]()
    this.#open = undefined
  }
}

async function keepTrying(parts: ExposureParts, entrance: EntranceKeeper, signal: AbortSignal): Promise<void> {
  const { print, log, clock, settings } = parts
  const words = settings.mode === 'funnel' ? 'Funnel' : 'Serve'
  let told = ''
  for (;;) {
    try {
      const { url } = await exposeOnce(parts, entrance, signal)
      print(`🌐 Tailscale ${words}: ${url}`)
      log.info(`Tailscale ${words} is on`, { url })
      parts.note('tailscale.served', { url, mode: settings.mode })
      return
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof Fault)) throw error
      if (error.message !== told) {
        print(`⚠️ Tailscale ${words} is not on: ${error.message}\n   ${error.remedy ?? 'It is tried again.'}`)
        log.warn(`Tailscale ${words} is not on`, { reason: error.message, remedy: error.remedy })
      }
      told = error.message
    }
    await sleep(clock, tryAgainMs, signal)
  }
}

async function exposeOnce(
  { command, settings, notePath }: ExposureParts,
  entrance: EntranceKeeper,
  signal: AbortSignal,
): Promise<Exposure> {
  const { port } = settings
  const previous = readServeNote(notePath)
  const exposure = await expose({
    command,
    mode: settings.mode === 'funnel' ? 'funnel' : 'serve',
    port,
    previous,
    async prepare(status, host) {
      const target = await entrance.targetFor(status, host)
      const isSamePlace = previous?.host === host && previous.port === port
      const targets = new Set([...(isSamePlace ? previous.targets : []), target])
      writeServeNote(notePath, { host, port, targets: [...targets] })
      return target
    },
    signal,
  })
  writeServeNote(notePath, { host: exposure.host, port, targets: [exposure.target] })
  return exposure
}

function openEntrance(parts: ExposureParts, { version }: TailscaleStatus, host: string): Promise<ServeEntrance> {
  const { openServe, settings, socketPath, platform = process.platform } = parts
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isNewEnough = major > socketSince[0] || (major === socketSince[0] && minor >= socketSince[1])
  // macOS keeps Tailscale in a sandbox, from where our socket is out of reach.
  const isUsable = platform === 'linux' && isNewEnough && byteLength(socketPath) <= maxSocketPathBytes
  return openServe({
    host,
    port: settings.port,
    socketPath: isUsable ? socketPath : undefined,
    daemonUids: daemonUids(),
    isPublic: settings.mode === 'funnel',
  })
}

/** Root, or whoever the daemon's own socket belongs to. */
function daemonUids(): number[] {
  const owner = statSync(daemonSocket, { throwIfNoEntry: false })?.uid
  return owner === undefined ? [0] : [0, owner]
}

/** An earlier gateway may have been killed, or the mode changed while none ran (TS10). */
async function takeAway({ command, notePath, log, note }: ExposureParts, signal: AbortSignal): Promise<void> {
  const placed = readServeNote(notePath)
  if (!placed) return
  try {
    const how = await withdraw(command, placed, signal)
    writeServeNote(notePath, undefined)
    log.info('what an earlier gateway let Tailscale serve', { port: placed.port, how })
    note('tailscale.withdrawn', { port: placed.port, how })
  } catch (error) {
    signal.throwIfAborted()
    log.warn('Tailscale still serves what an earlier gateway placed', { reason: errorText(error) })
  }
}
