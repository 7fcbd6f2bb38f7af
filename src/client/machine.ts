/**
 * How a connection lives: idle → resolving → connecting → authenticating → greeting → live, back through waiting, held up
 * by a question (needs-user), or failed. Pure: time and chance arrive in events, work leaves as effects. Every attempt
 * has a generation; what an abandoned one reports is ignored.
 */

import type { Fault } from '../shared/fault.ts'
import { backoffDelayMs } from '../shared/std/backoff.ts'
import type { LayerName } from '../tunnel/layer.ts'
import { type Beat, beatEveryMs, beatLive, isRousing, type LiveState, live, seekEveryMs } from './liveness.ts'

/** Full jitter from 0.25 s doubling to 15 s (TU11). */
export const retryBackoff = { baseMs: 250, capMs: 15_000 }
/** On this machine an attempt costs next to nothing, so a gateway that comes back is found within 2 s. */
const nearbyBackoff = { baseMs: 250, capMs: 2_000 }
/** A connection counts as good, and the backoff starts over, after being live this long (TU11). */
const provenAfterMs = 30_000

/** `issued` is the highest generation given out; `attempt` counts failures since the connection was last proven. */
type Counted = { readonly generation: number; readonly issued: number; readonly attempt: number }

export type TryingPhase = 'resolving' | 'connecting' | 'authenticating' | 'greeting'

export type MachineState =
  | (Counted & { readonly phase: 'idle' })
  /** `needs-user` is an attempt held up by a question; `layer` is how far it came. */
  | (Counted & { readonly phase: TryingPhase | 'needs-user'; readonly layer: LayerName })
  | (Counted & LiveState)
  | (Counted & { readonly phase: 'waiting'; readonly fault: Fault; readonly delayMs: number })
  | (Counted & { readonly phase: 'failed'; readonly fault: Fault })

type Trying = Extract<MachineState, { layer: LayerName }>

/** `at` is monotonic milliseconds, `random` in [0, 1). Events of an attempt carry its generation. */
export type MachineEvent =
  | { readonly type: 'connect' }
  | { readonly type: 'retry' }
  | { readonly type: 'stop' }
  | { readonly type: 'asking'; readonly isAsking: boolean }
  | { readonly type: 'reached'; readonly generation: number; readonly layer: LayerName }
  /** The gateway said hello; its events do not flow yet. */
  | { readonly type: 'greeted'; readonly generation: number }
  /** They do. */
  | { readonly type: 'attached'; readonly generation: number; readonly at: number }
  | {
      readonly type: 'heard'
      readonly generation: number
      readonly at: number
      /** To a ping sent since the last sleep or change of network; anything else may have arrived before. */
      readonly isAnswer: boolean
    }
  | Beat
  | {
      readonly type: 'lost'
      readonly generation: number
      readonly at: number
      readonly random: number
      readonly fault: Fault
      /** The gateway is on this machine, as far as its address tells. */
      readonly isNearby?: boolean
    }
  | { readonly type: 'timer'; readonly generation: number }

export type Effect =
  /** Tries every way. `isBeside`: a live connection is in doubt; this one asks nobody anything. */
  | { readonly type: 'attempt'; readonly generation: number; readonly isBeside: boolean }
  /** The greeted link of this attempt becomes the connection. */
  | { readonly type: 'install'; readonly generation: number }
  /** Ends what the attempt holds; with `isWhole` its tunnel too, else that is kept for the next attempt. */
  | { readonly type: 'drop'; readonly generation: number; readonly isWhole: boolean }
  | { readonly type: 'ping'; readonly generation: number }
  | { readonly type: 'wait'; readonly generation: number; readonly delayMs: number }

export type Step = { readonly state: MachineState; readonly effects: readonly Effect[] }

export const initialState: MachineState = { phase: 'idle', generation: 0, issued: 0, attempt: 0 }

/** How often the runner looks around, milliseconds; undefined when nothing it could see would change anything. */
export function beatPeriodMs({ phase }: MachineState): number | undefined {
  if (phase === 'idle' || phase === 'failed') return undefined
  return phase === 'live' ? beatEveryMs : seekEveryMs
}

export function step(state: MachineState, event: MachineEvent): Step {
  if ('generation' in event && event.generation !== state.generation) return ofBeside(state, event)
  switch (event.type) {
    case 'connect':
      return state.phase === 'idle' ? start(state, 0) : stay(state)
    case 'retry':
      return retry(state)
    case 'timer':
      return state.phase === 'waiting' ? start(state, state.attempt) : stay(state)
    case 'stop':
      return { state: { ...initialState, ...fresh(state, 0) }, effects: dropAll(state, true) }
    case 'asking':
      return asking(state, event.isAsking)
    case 'reached':
      return isTrying(state) ? stay(at(state, event.layer, state.phase === 'needs-user')) : stay(state)
    case 'greeted':
      if (!isTrying(state)) return stay(state)
      return { state: at(state, 'live', false), effects: [{ type: 'install', generation: state.generation }] }
    case 'attached':
      return attached(state, event.at)
    case 'heard':
      return heard(state, event.at, event.isAnswer)
    case 'beat':
      return beat(state, event)
    case 'lost':
      return lose(state, event)
  }
}

/** News of the attempt beside a live connection that is in doubt, or of one that was abandoned. */
function ofBeside(state: MachineState, event: MachineEvent & { generation: number }): Step {
  if (state.phase !== 'live' || event.generation !== state.beside) return stay(state)
  if (event.type === 'greeted') {
    const old: Effect = { type: 'drop', generation: state.generation, isWhole: true }
    const install: Effect = { type: 'install', generation: event.generation }
    return { state: { ...state, generation: event.generation, beside: undefined }, effects: [old, install] }
  }
  if (event.type !== 'lost') return stay(state)
  // One that would have to ask somebody is not repeated before the next sign of life.
  const pauseMs = event.fault.retryable ? backoffDelayMs(retryBackoff, state.besides, event.random) : Infinity
  const besideAfter = event.at + pauseMs
  return {
    state: { ...state, beside: undefined, besides: state.besides + 1, besideAfter },
    effects: [{ type: 'drop', generation: event.generation, isWhole: true }],
  }
}

function stay(state: MachineState): Step {
  return { state, effects: [] }
}

function isTrying(state: MachineState): state is Trying {
  return 'layer' in state
}

function fresh({ issued }: Counted, attempt: number): Counted {
  return { generation: issued + 1, issued: issued + 1, attempt }
}

function start(state: MachineState, attempt: number): Step {
  const counted = fresh(state, attempt)
  return {
    state: { phase: 'resolving', layer: 'dns', ...counted },
    effects: [{ type: 'attempt', generation: counted.generation, isBeside: false }],
  }
}

/** The person's wish skips the waiting; while live it is a question whether the gateway is still there. */
function retry(state: MachineState): Step {
  switch (state.phase) {
    case 'idle':
    case 'failed':
    case 'waiting':
      return start(state, 0)
    case 'live':
      return { state, effects: [{ type: 'ping', generation: state.generation }] }
    default:
      // Should this attempt fail, the next one follows at once instead of after the pause that had grown so far.
      return stay({ ...state, attempt: 0 })
  }
}

function asking(state: MachineState, isAsking: boolean): Step {
  return isTrying(state) ? stay(at(state, state.layer, isAsking)) : stay(state)
}

const phases: Record<LayerName, TryingPhase> = {
  dns: 'resolving',
  tcp: 'connecting',
  ssh: 'connecting',
  auth: 'authenticating',
  gateway: 'greeting',
  live: 'greeting',
}

function at(state: Trying, layer: LayerName, isAsking: boolean): Trying {
  return { ...state, layer, phase: isAsking ? 'needs-user' : phases[layer] }
}

function attached(state: MachineState, at: number): Step {
  const ping: Effect = { type: 'ping', generation: state.generation }
  if (state.phase === 'live') return { state: { ...state, ...live(at) }, effects: [ping] }
  if (!isTrying(state)) return stay(state)
  const { generation, issued, attempt } = state
  return { state: { generation, issued, attempt, ...live(at) }, effects: [ping] }
}

/** A sign of life ends all doubt, and what was begun because of it. After a sleep only an answer is one. */
function heard(state: MachineState, at: number, isAnswer: boolean): Step {
  if (state.phase !== 'live' || (state.isDoubted && !isAnswer)) return stay(state)
  const effects: Effect[] = state.beside === undefined ? [] : [dropBeside(state.beside)]
  return {
    state: { ...state, ...live(at), since: state.since, pingedAt: state.pingedAt },
    effects,
  }
}

function beat(state: MachineState, event: Beat): Step {
  if (state.phase === 'live') {
    const current = event.at - state.since >= provenAfterMs ? { ...state, attempt: 0 } : state
    const { next, wishes } = beatLive(current, event)
    if (wishes === 'give-up') {
      const { at, random, silence: fault } = event
      return lose({ ...current, ...next }, { type: 'lost', generation: state.generation, at, random, fault })
    }
    const effects: Effect[] = wishes.ping ? [{ type: 'ping', generation: state.generation }] : []
    if (!wishes.beside) return { state: { ...current, ...next }, effects }
    const beside = state.issued + 1
    effects.push({ type: 'attempt', generation: beside, isBeside: true })
    return { state: { ...current, ...next, issued: beside, beside }, effects }
  }
  if (!isRousing(event) || state.phase === 'idle' || state.phase === 'failed' || state.phase === 'needs-user') {
    return stay(state)
  }
  // What was under way went over a network that is gone, or slept; a pause has lost its reason.
  const next = start(state, 0)
  return { state: next.state, effects: [...dropAll(state, true), ...next.effects] }
}

function dropBeside(generation: number): Effect {
  return { type: 'drop', generation, isWhole: true }
}

function dropAll(state: MachineState, isWhole: boolean): Effect[] {
  const own: Effect = { type: 'drop', generation: state.generation, isWhole }
  return state.phase === 'live' && state.beside !== undefined ? [dropBeside(state.beside), own] : [own]
}

/** Waits and tries again for ever, unless only a person can help: wrong secret, pairing, version, certificate, address. */
function lose(state: MachineState, event: Extract<MachineEvent, { type: 'lost' }>): Step {
  if (state.phase === 'idle' || state.phase === 'failed' || state.phase === 'waiting') return stay(state)
  const { fault } = event
  // A connection given up for its silence takes its tunnel along: the same wire may be the silent one.
  const isSilent = state.phase === 'live' && state.isSuspect
  if (!fault.retryable) {
    const counted = fresh(state, state.attempt + 1)
    return { state: { phase: 'failed', ...counted, fault }, effects: dropAll(state, true) }
  }
  if (state.phase === 'live' && state.beside !== undefined) {
    // The attempt beside it is already on its way, and becomes the one that counts.
    const { issued, attempt, beside } = state
    return {
      state: { phase: 'connecting', layer: 'tcp', issued, attempt, generation: beside },
      effects: [{ type: 'drop', generation: state.generation, isWhole: true }],
    }
  }
  const isProven = state.phase === 'live' && event.at - state.since >= provenAfterMs
  const attempt = isProven ? 0 : state.attempt
  const backoff = event.isNearby ? nearbyBackoff : retryBackoff
  const delayMs = Math.max(fault.retryAfterMs ?? 0, backoffDelayMs(backoff, attempt, event.random))
  const counted = fresh(state, attempt + 1)
  return {
    state: { phase: 'waiting', ...counted, fault, delayMs },
    effects: [...dropAll(state, isSilent), { type: 'wait', generation: counted.generation, delayMs }],
  }
}
