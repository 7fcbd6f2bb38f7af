/** Keeps one account listening: again after what may pass, slower each time, and always able to say how it is. */

import { errorText, Fault } from '../../shared/fault.ts'
import { backoffDelayMs } from '../../shared/std/backoff.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { sleep } from '../../shared/std/signal.ts'
import type { Channel, Identity, Inlet } from './channel.ts'

const backoff = { baseMs: 1_000, capMs: 60_000 }
/** How soon the same is tried again when time alone will hardly help. A change of the settings begins anew at once. */
const patienceMs = { 'channel.unauthorized': 30_000, 'channel.conflict': 10_000 } as const

/** Times are milliseconds since 1970. */
export type ListeningState = {
  isRunning: boolean
  isConnected: boolean
  identity?: Identity
  mode?: 'polling' | 'webhook'
  /** What is wrong now, and what to do. */
  problem?: { message: string; remedy?: string }
  /** Since it was connected last. */
  reconnectAttempts: number
  lastStartAt?: number
  lastStopAt?: number
  lastConnectedAt?: number
  lastInboundAt?: number
}

export type ListeningParts = {
  open(): Promise<Channel>
  take: Inlet['take']
  clock: Clock
  random(): number
  onChange(state: ListeningState): void
  onBug(error: unknown): void
  signal: AbortSignal
}

export function startListening(parts: ListeningParts): { state(): ListeningState; ended: Promise<void> } {
  const { clock, signal, onChange } = parts
  let state: ListeningState = { isRunning: true, isConnected: false, reconnectAttempts: 0, lastStartAt: clock.now() }
  const change = (more: Partial<ListeningState>) => {
    state = { ...state, ...more }
    onChange(state)
  }
  const inlet: Inlet = {
    connected(identity, mode) {
      const { problem: _, ...well } = state
      state = { ...well, isConnected: true, identity, mode, reconnectAttempts: 0, lastConnectedAt: clock.now() }
      onChange(state)
    },
    async take(events) {
      if (events.length > 0) state = { ...state, lastInboundAt: clock.now() }
      await parts.take(events)
    },
  }
  const ended = listenOn(parts, inlet, change, () => state).finally(() =>
    change({ isRunning: false, isConnected: false, lastStopAt: clock.now() }),
  )
  signal.throwIfAborted()
  return { state: () => state, ended }
}

async function listenOn(
  { open, clock, random, onBug, signal }: ListeningParts,
  inlet: Inlet,
  change: (more: Partial<ListeningState>) => void,
  state: () => ListeningState,
): Promise<void> {
  while (!signal.aborted) {
    let delayMs = 0
    try {
      await (await open()).listen(inlet, signal)
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof Fault)) onBug(error)
      const { reconnectAttempts: attempts } = state()
      delayMs = delayOf(error, attempts, random())
      change({ isConnected: false, problem: problemOf(error), reconnectAttempts: attempts + 1 })
    }
    await sleep(clock, delayMs, signal).catch(() => {}) // the loop ends by itself
  }
}

function problemOf(error: unknown): NonNullable<ListeningState['problem']> {
  const remedy = error instanceof Fault ? error.remedy : undefined
  return { message: errorText(error), ...(remedy !== undefined && { remedy }) }
}

function delayOf(error: unknown, attempts: number, random: number): number {
  if (error instanceof Fault && error.retryAfterMs !== undefined) return error.retryAfterMs
  if (error instanceof Fault && error.code in patienceMs) return patienceMs[error.code as keyof typeof patienceMs]
  return backoffDelayMs(backoff, attempts, random)
}
