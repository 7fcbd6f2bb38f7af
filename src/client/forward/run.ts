/** A forward at work: its local ports, the tunnel behind them, and the note that tells others about it. */

import { errorText, Fault } from '../../shared/fault.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { Lifetime } from '../../shared/std/lifetime.ts'
import { forwardGateway } from '../../tunnel/forward/gateway-forward.ts'
import type { Listening } from '../../tunnel/forward/listen.ts'
import { forwardPort } from '../../tunnel/forward/port-forward.ts'
import type { Place, Tunnel } from '../../tunnel/tunnel.ts'
import type { AskProgram } from '../system-programs.ts'
import { type KeeperState, TunnelKeeper } from './keeper.ts'
import { type ForwardNote, type NotePlace, placeNote } from './note.ts'
import { NoteWriter } from './note-writer.ts'
import { processMark } from './process-mark.ts'
import { type ForwardSpec, targetText } from './spec.ts'

export type RunOptions = {
  readonly profileId: string
  readonly profile: string
  readonly forwards: readonly ForwardSpec[]
  readonly startedBy: ForwardNote['startedBy']
  readonly place: NotePlace
  readonly clock: Clock
  readonly random: () => number
  readonly ask: AskProgram
  /** Opens the tunnel; see `TunnelKeeper`. */
  readonly open: (signal: AbortSignal) => Promise<Tunnel>
  /** The local ports are open. */
  readonly onListening: (forwards: ForwardNote['forwards']) => void
  readonly onState: (state: KeeperState) => void
  /** The tunnel is up, but what it leads to does not answer. */
  readonly onTrouble: (fault: Fault) => void
  /** Ends it. */
  readonly signal: AbortSignal
}

/** Works until the signal ends it; rejects with what only a person can mend, or with `tunnel.port-taken`. */
export async function runForward(options: RunOptions): Promise<void> {
  const { forwards, signal } = options
  await using lifetime = new Lifetime()
  const { promise: kept, resolve: keep } = Promise.withResolvers<TunnelKeeper>()
  let note: NoteWriter | undefined
  const report = { count: (by: 1 | -1) => note?.count(by), trouble: (fault: Fault) => note?.trouble(fault) }
  const tunnel = async (wish: AbortSignal) => await (await kept).tunnel(wish)
  const open: { port: number; addresses: string[]; to: string }[] = []
  for (const spec of forwards) {
    const { port, addresses } = lifetime.use(await listenFor(spec, tunnel, report))
    open.push({ port, addresses: [...addresses], to: targetText(spec.to) })
  }
  const writer = lifetime.use(await beginNote(options, open))
  note = writer
  options.onListening(open)
  const onState = (state: KeeperState) => void follow(state, writer, options, kept)
  const keeper = lifetime.use(new TunnelKeeper({ ...options, onState }))
  keep(keeper)
  const fault = await Promise.race([keeper.ended, aborted(signal)])
  if (fault) throw fault
}

type Report = { count(by: 1 | -1): void; trouble(fault: Fault): void }

/** The gateway is forwarded with its names translated, any other place byte for byte. */
async function listenFor(
  { port, to }: ForwardSpec,
  tunnel: (signal: AbortSignal) => Promise<Tunnel>,
  report: Report,
): Promise<Listening> {
  let before = 0
  const onChange = (open: number) => {
    report.count(open > before ? 1 : -1)
    before = open
  }
  const told = async <T>(dialling: Promise<T>): Promise<T> => {
    try {
      return await dialling
    } catch (error) {
      if (error instanceof Fault) report.trouble(error)
      throw error
    }
  }
  if (to === 'gateway') {
    const dial = async (signal: AbortSignal) => {
      const open = await tunnel(signal)
      return { stream: await open.dial(signal), url: open.url }
    }
    return await forwardGateway({ port, onChange, dial: (signal) => told(dial(signal)) })
  }
  const dial = async (signal: AbortSignal) => await dialPlace(await tunnel(signal), to, signal)
  return await forwardPort({ port, onChange, dial: (signal) => told(dial(signal)) })
}

async function dialPlace(tunnel: Tunnel, to: Place, signal: AbortSignal) {
  if (tunnel.dialTo) return await tunnel.dialTo(to, signal)
  throw new Fault('usage.invalid', `The way ${tunnel.route} leads to the gateway and to nothing else`, {
    remedy: 'Further forwards need a way over SSH.',
  })
}

async function beginNote(options: RunOptions, open: ForwardNote['forwards']): Promise<NoteWriter> {
  const { profileId, profile, startedBy, place, clock, ask } = options
  const at = clock.now()
  const first: ForwardNote = {
    ...{ version: 1, profileId, profile, pid: process.pid, mark: (await processMark(process.pid, ask)) ?? '' },
    ...{ startedAt: at, startedBy, forwards: open, phase: 'opening', since: at, open: 0, total: 0 },
  }
  if (await placeNote(place, first)) return new NoteWriter(place, first, clock)
  throw new Fault('usage.invalid', `The tunnel of ${profile} was started at the same time by another process`, {
    remedy: `See: clawdbot tunnel status ${profile}`,
  })
}

/** What is told here can be read in the note by then. */
async function follow(
  state: KeeperState,
  note: NoteWriter,
  options: RunOptions,
  kept: Promise<TunnelKeeper>,
): Promise<void> {
  if (state.phase === 'waiting') note.trouble(state.fault)
  await note.enter(state.phase, state.phase === 'up' ? { route: state.route } : {})
  options.onState(state)
  if (state.phase !== 'up') return
  try {
    await probe(options, kept)
  } catch (error) {
    if (options.signal.aborted) return
    const fault = error instanceof Fault ? error : new Fault('client.unreachable', errorText(error))
    note.trouble(fault)
    options.onTrouble(fault)
  }
}

/** An SSH connection stands whether or not a gateway listens behind it: one stream tells. */
async function probe({ signal, forwards }: RunOptions, kept: Promise<TunnelKeeper>): Promise<void> {
  const tunnel = await (await kept).tunnel(signal)
  if (tunnel.dialTo && forwards.some(({ to }) => to === 'gateway')) (await tunnel.dial(signal)).destroy()
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}
