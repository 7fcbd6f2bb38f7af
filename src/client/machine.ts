/**
 * How a connection lives: idle → tunneling → dialing → greeting → live, back through waiting, or failed. Pure: time and
 * chance arrive in events, work leaves as effects. Every attempt has a generation; what an older one reports is ignored.
 */

import type { Fault } from '../shared/fault.ts'
import { backoffDelayMs } from '../shared/std/backoff.ts'
import type { Layer } from './connection-api.ts'

/** Full jitter from 0.25 s doubling to 15 s (TU11). */
export const retryBackoff = { baseMs: 250, capMs: 15_000 }
/** On this machine an attempt costs next to nothing, so a gateway that comes back is found within 2 s. */
const nearbyBackoff = { baseMs: 250, capMs: 2_000 }
/** A connection counts as good, and the backoff starts over, after being live this long. */
const provenAfterMs = 10_000
const pingEveryMs = 5_000
const suspectAfterMs = 8_000
const deadAfterMs = 12_000
/** The runner reports `beat` this often while live. */
export const beatEveryMs = 1_000
/** A beat this late means that the machine slept or the program was stopped: silence then proves nothing (TU10). */
const wakeGapMs = 3_000
/** After waking the gateway has this long to answer one ping. */
const wakeProbeMs = 1_500

export type MachineState =
  | { readonly phase: 'idle'; readonly generation: number; readonly attempt: number }
  | {
      readonly phase: 'tunneling' | 'dialing' | 'greeting'
      readonly generation: number
      readonly attempt: number
    }
  | {
      readonly phase: 'live'
      readonly generation: number
      readonly attempt: number
      readonly since: number
      readonly heardAt: number
      readonly pingedAt: number
      readonly beatAt: number
      /** While set, the gateway must be heard before this time. */
      readonly probeUntil: number | undefined
      readonly isSuspect: boolean
    }
  | {
      readonly phase: 'waiting'
      readonly generation: number
      readonly attempt: number
      readonly layer: Layer
      readonly fault: Fault
      readonly delayMs: number
      readonly hasTunnel: boolean
    }
  | {
      readonly phase: 'failed'
      readonly generation: number
      readonly attempt: number
      readonly layer: Layer
      readonly fault: Fault
    }

/** `at` is monotonic milliseconds, `random` in [0, 1). Events of an attempt carry its generation. */
export type MachineEvent =
  | { readonly type: 'connect' }
  | { readonly type: 'retry' }
  | { readonly type: 'stop' }
  | { readonly type: 'tunnel-up'; readonly generation: number }
  | { readonly type: 'opened'; readonly generation: number }
  | { readonly type: 'hello'; readonly generation: number; readonly at: number }
  | { readonly type: 'heard'; readonly generation: number; readonly at: number }
  /** `wallGapMs` is how far the wall time moved since the last beat: more than the beat after a sleep. */
  | {
      readonly type: 'beat'
      readonly generation: number
      readonly at: number
      readonly wallGapMs: number
      readonly random: number
      readonly silence: Fault
    }
  | {
      readonly type: 'lost'
      readonly generation: number
      readonly at: number
      readonly random: number
      readonly layer: Layer
      readonly fault: Fault
      /** The gateway is on this machine, as far as its address tells. */
      readonly isNearby?: boolean
    }
  | { readonly type: 'timer'; readonly generation: number }

export type Effect =
  | { readonly type: 'open-tunnel'; readonly generation: number }
  | { readonly type: 'establish'; readonly generation: number }
  | { readonly type: 'ping'; readonly generation: number }
  | { readonly type: 'wait'; readonly generation: number; readonly delayMs: number }
  /** Ends what the attempt holds; `tunnel` too when it is gone or no longer wanted. */
  | { readonly type: 'teardown'; readonly tunnel: boolean }

export type Step = { readonly state: MachineState; readonly effects: readonly Effect[] }

export const initialState: MachineState = { phase: 'idle', generation: 0, attempt: 0 }

export function step(state: MachineState, event: MachineEvent): Step {
  if ('generation' in event && event.generation !== state.generation) return stay(state)
  switch (event.type) {
    case 'connect':
      return state.phase === 'idle' ? start(state, 0) : stay(state)
    case 'retry':
      return retry(state)
    case 'timer':
      return state.phase === 'waiting' ? again(state) : stay(state)
    case 'stop':
      return {
        state: { phase: 'idle', generation: state.generation + 1, attempt: 0 },
        effects: [{ type: 'teardown', tunnel: true }],
      }
    case 'tunnel-up':
      if (state.phase !== 'tunneling') return stay(state)
      return {
        state: { ...state, phase: 'dialing' },
        effects: [{ type: 'establish', generation: state.generation }],
      }
    case 'opened':
      return state.phase === 'dialing' ? { state: { ...state, phase: 'greeting' }, effects: [] } : stay(state)
    case 'hello':
      if (state.phase !== 'greeting') return stay(state)
      return { state: live(state, event.at), effects: [{ type: 'ping', generation: state.generation }] }
    case 'heard':
      return heard(state, event.at)
    case 'beat':
      return beat(state, event)
    case 'lost':
      return lose(state, event)
  }
}

function stay(state: MachineState): Step {
  return { state, effects: [] }
}

function start(state: MachineState, attempt: number): Step {
  const generation = state.generation + 1
  return {
    state: { phase: 'tunneling', generation, attempt },
    effects: [{ type: 'open-tunnel', generation }],
  }
}

/** The next attempt after waiting: over the tunnel that is still up, else through a new one. */
function again(state: Extract<MachineState, { phase: 'waiting' }>): Step {
  if (!state.hasTunnel) return start(state, state.attempt)
  const generation = state.generation + 1
  return {
    state: { phase: 'dialing', generation, attempt: state.attempt },
    effects: [{ type: 'establish', generation }],
  }
}

/** The person's wish skips the waiting; while live it is a question whether the gateway is still there. */
function retry(state: MachineState): Step {
  switch (state.phase) {
    case 'idle':
    case 'failed':
      return start(state, 0)
    case 'waiting':
      return again(state)
    case 'live':
      return { state, effects: [{ type: 'ping', generation: state.generation }] }
    case 'tunneling':
    case 'dialing':
    case 'greeting':
      // Should this attempt fail, the next one follows at once instead of after the pause that had grown so far.
      return stay({ ...state, attempt: 0 })
  }
}

function live(state: MachineState, at: number): MachineState {
  return {
    phase: 'live',
    generation: state.generation,
    attempt: state.attempt,
    since: at,
    heardAt: at,
    pingedAt: at,
    beatAt: at,
    probeUntil: undefined,
    isSuspect: false,
  }
}

function heard(state: MachineState, at: number): Step {
  if (state.phase !== 'live') return stay(state)
  return { state: { ...state, heardAt: at, probeUntil: undefined, isSuspect: false }, effects: [] }
}

function beat(state: MachineState, event: Extract<MachineEvent, { type: 'beat' }>): Step {
  if (state.phase !== 'live') return stay(state)
  const { at, random, silence } = event
  const ping: Effect = { type: 'ping', generation: state.generation }
  const attempt = at - state.since >= provenAfterMs ? 0 : state.attempt
  const current = { ...state, attempt, beatAt: at }
  if (Math.max(at - state.beatAt, event.wallGapMs) >= beatEveryMs + wakeGapMs) {
    return { state: { ...current, probeUntil: at + wakeProbeMs, pingedAt: at, isSuspect: true }, effects: [ping] }
  }
  const silentMs = at - state.heardAt
  const isDead = state.probeUntil === undefined ? silentMs >= deadAfterMs : at >= state.probeUntil
  if (isDead) {
    return lose(current, { type: 'lost', generation: state.generation, at, random, layer: 'socket', fault: silence })
  }
  const isSuspect = state.probeUntil !== undefined || silentMs >= suspectAfterMs
  if (at - state.pingedAt < pingEveryMs) return { state: { ...current, isSuspect }, effects: [] }
  return { state: { ...current, isSuspect, pingedAt: at }, effects: [ping] }
}

/** Waits and tries again for ever, unless only a person can help: wrong secret, pairing, version, certificate, address. */
function lose(state: MachineState, event: Extract<MachineEvent, { type: 'lost' }>): Step {
  if (state.phase === 'idle' || state.phase === 'failed' || state.phase === 'waiting') return stay(state)
  const { fault, layer } = event
  const generation = state.generation + 1
  const isTunnelGone = layer === 'tunnel'
  if (!fault.retryable) {
    return {
      state: { phase: 'failed', generation, attempt: state.attempt + 1, layer, fault },
      effects: [{ type: 'teardown', tunnel: true }],
    }
  }
  const isProven = state.phase === 'live' && event.at - state.since >= provenAfterMs
  const attempt = isProven ? 0 : state.attempt
  const delayMs = Math.max(
    fault.retryAfterMs ?? 0,
    backoffDelayMs(event.isNearby ? nearbyBackoff : retryBackoff, attempt, event.random),
  )
  return {
    state: { phase: 'waiting', generation, attempt: attempt + 1, layer, fault, delayMs, hasTunnel: !isTunnelGone },
    effects: [
      { type: 'teardown', tunnel: isTunnelGone },
      { type: 'wait', generation, delayMs },
    ],
  }
}
