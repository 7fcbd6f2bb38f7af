/** The built-in profile: the gateway that runs on this machine, or one started in the background for it. */

import { randomBytes } from 'node:crypto'
import { Fault } from '../shared/fault.ts'
import { readPort } from '../shared/port.ts'
import type { Clock } from '../shared/std/clock.ts'
import { sleep } from '../shared/std/signal.ts'
import { gatewayPort } from '../tunnel/way-origin.ts'
import { readGatewayConfig } from './gateway-config.ts'
import { type LocalPlace, localPort, placeWay } from './local-port.ts'
import type { ClientPaths, Env } from './paths.ts'
import { holderName, nextFreePort, portHolder } from './ports/holder.ts'
import { createPrivate, makePrivateFolder, readIfThere } from './private-file.ts'
import { probeWay } from './probe.ts'
import { notePatienceMs, type RuntimeNote, readRuntime } from './runtime-file.ts'
import { type StartedGateway, startGateway } from './start-gateway.ts'
import { programsOf } from './system-programs.ts'

/** How long a gateway may take to listen, milliseconds; a slow machine needs some seconds for a first start. */
const startPatienceMs = 30_000
const lookEveryMs = 20
/** How a gateway ends that finds another one on its state folder. */
const gaveWay = `exit code ${new Fault('state.locked', '').exitCode}`

export type LocalOptions = {
  readonly port?: number | undefined
  readonly env: Env
  readonly paths: ClientPaths
  /** Path of `clawdbot-server`. */
  readonly program: string
  readonly clock: Clock
  /** One line for the person, such as `Starting a gateway on port 18790…`. */
  readonly onProgress: (line: string) => void
  readonly signal: AbortSignal
}

export type LocalGateway = {
  readonly port: number
  readonly isNew: boolean
  /** Undefined when nothing on this machine says whose process it is. */
  readonly pid: number | undefined
}

/** Finds or starts it. Rejects with `gateway.start-failed` (with the end of its log) or `gateway.port-taken`. */
export async function ensureLocalGateway(options: LocalOptions): Promise<LocalGateway> {
  const { env, paths, onProgress, signal } = options
  // Of a gateway that ended, should none answer: its number is another program's by now.
  const before = (await readRuntime(paths.runtimeFile))?.pid
  const config = await readGatewayConfig(paths, env)
  const wanted = await localPort({ port: options.port }, env, paths, config)
  const listener = await probeWay(placeWay(wanted), signal)
  if (listener === 'gateway') return { port: wanted.port, isNew: false, pid: (await noted(paths))?.pid }
  const port =
    listener === 'nobody' || wanted.socket !== undefined
      ? wanted.port
      : await otherPort(wanted.port, wanted.isExplicit, options)
  const hasSecret =
    config.auth.token ??
    config.auth.password ??
    config.auth.hash ??
    env.CLAWDBOT_GATEWAY_TOKEN ??
    env.CLAWDBOT_GATEWAY_PASSWORD
  if (!hasSecret) await ensureToken(paths)
  makePrivateFolder(paths.stateDir)
  onProgress(wanted.socket === undefined ? `Starting a gateway on port ${port}…` : 'Starting a gateway…')
  const own = readPort('CLAWDBOT_GATEWAY_PORT', env.CLAWDBOT_GATEWAY_PORT) ?? config.port ?? gatewayPort
  // A port on the command line counts before the settings: it would stay there whatever they say later.
  const child = startGateway(options.program, port === own ? undefined : port, env, paths)
  return await untilReady(child, { place: { ...wanted, port }, before }, options)
}

/** Makes the gateway's secret when nobody configured one: 256 bits in a private file that both ends read. */
export async function ensureToken(paths: ClientPaths): Promise<void> {
  await createPrivate(paths.gatewayToken, `${randomBytes(32).toString('base64url')}\n`)
}

async function otherPort(taken: number, isExplicit: boolean, { env, onProgress }: LocalOptions): Promise<number> {
  const [holder, free] = await Promise.all([portHolder(taken, programsOf(env)), nextFreePort(taken)])
  if (isExplicit || free === undefined) {
    throw new Fault('gateway.port-taken', `Port ${taken} is held by ${holderName(holder)}, which is no gateway`, {
      remedy: `End that program, or choose another port with --port${free === undefined ? '' : ` ${free}`}.`,
      details: { port: taken, free, pid: holder?.pid, program: holder?.program },
    })
  }
  onProgress(`Port ${taken} is held by ${holderName(holder)}; the gateway takes ${free}.`)
  return free
}

async function untilReady(
  child: StartedGateway,
  { place, before }: { place: LocalPlace; before: number | undefined },
  options: LocalOptions,
): Promise<LocalGateway> {
  const { port } = place
  const { clock, paths, signal } = options
  let end: string | undefined
  void child.ended.then((how) => {
    end = how
  })
  let answersSince: number | undefined
  for (const from = clock.monotonic(); clock.monotonic() - from < startPatienceMs; ) {
    const found = await noted(paths)
    const note = found?.pid === before && found?.pid !== child.pid ? undefined : found
    const answers = (await probeWay(placeWay(note ?? place), signal)) === 'gateway'
    if (answers && note) return { port: note.port || port, isNew: note.pid === child.pid, pid: note.pid }
    if (answers) {
      answersSince ??= clock.monotonic()
      const pid = end === undefined ? child.pid : undefined
      if (clock.monotonic() - answersSince > notePatienceMs) return { port, isNew: pid !== undefined, pid }
    } else if (end !== undefined) return await someoneElses(end, options)
    await sleep(clock, lookEveryMs, signal)
  }
  throw await startFault(paths, `did not listen within ${startPatienceMs / 1000} s`)
}

/** Where a gateway says it is: its settings may keep it off 127.0.0.1. */
async function noted(paths: ClientPaths) {
  const note = await readRuntime(paths.runtimeFile)
  return note?.isAlive ? { ...note, port: note.port ?? 0, socket: note.socket } : undefined
}

/**
 * Two terminals opened at once start two gateways, and the second one gives way: then the first is the one to use, which
 * may itself need a moment until it listens.
 */
async function someoneElses(end: string, options: LocalOptions): Promise<LocalGateway> {
  const first = await untilAnswering(options, end === gaveWay ? startPatienceMs : 0)
  if (first) return { port: first.port, isNew: false, pid: first.pid }
  throw await startFault(options.paths, `ended while starting (${end})`)
}

/** Waits for a gateway that something else starts, such as a service manager; undefined when none answers in time. */
export async function untilAnswering(
  { paths, clock, signal }: Pick<LocalOptions, 'paths' | 'clock' | 'signal'>,
  patienceMs = startPatienceMs,
): Promise<(RuntimeNote & { readonly port: number }) | undefined> {
  for (const from = clock.monotonic(); ; ) {
    const note = await noted(paths)
    if (note && (await probeWay(placeWay(note), signal)) === 'gateway') return note
    if (clock.monotonic() - from >= patienceMs) return undefined
    await sleep(clock, lookEveryMs, signal)
  }
}

async function startFault(paths: ClientPaths, what: string): Promise<Fault> {
  const log = (await readIfThere(paths.gatewayLog)) ?? ''
  const tail = log.trimEnd().split('\n').slice(-8).join('\n')
  return new Fault('gateway.start-failed', `The gateway ${what}${tail === '' ? '' : `. Its last words:\n${tail}`}`, {
    remedy: `The whole log is in ${paths.gatewayLog}`,
  })
}
