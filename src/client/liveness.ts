/** Whether a live connection still is: pings, silence, sleep and changed networks, told by a beat each second. Pure. */

import type { Fault } from '../shared/fault.ts'

/** The runner reports `beat` this often while live. */
export const beatEveryMs = 1_000
/** And this often while not, when another network or waking is what is waited for. */
export const seekEveryMs = 500
const pingEveryMs = 5_000
const suspectAfterMs = 8_000
/** Looked at each second, so a silent peer is given up within 12 s of its last word, a late beat included. */
const deadAfterMs = 10_500
/** A beat this late means that the machine slept or the program was stopped: silence then proves nothing (TU10). */
const wakeGapMs = 3_000

/** The runner reports it each second, and oftener while not live. */
export type Beat = {
  readonly type: 'beat'
  readonly at: number
  readonly random: number
  /** How far the monotonic or the wall time moved since the last one, whichever is more: a sleep shows here. */
  readonly gapMs: number
  /** The machine's addresses are others than at the last beat. */
  readonly isNetworkNew: boolean
  /** What to say when the gateway is given up for its silence. */
  readonly silence: Fault
}

export type LiveState = {
  readonly phase: 'live'
  readonly since: number
  /** Nothing was heard since. A sleep moves it: what was not heard then says nothing. */
  readonly silentSince: number
  readonly pingedAt: number
  /** The machine slept or changed its network, and no ping sent since has been answered. */
  readonly isDoubted: boolean
  /** Shown: it may be gone. */
  readonly isSuspect: boolean
  /** Generation of the attempt beside this connection, while it is in doubt. */
  readonly beside: number | undefined
  /** How many of them failed since the last sign of life, and when the next may follow. */
  readonly besides: number
  readonly besideAfter: number
}

export function live(at: number): LiveState {
  return {
    phase: 'live',
    since: at,
    silentSince: at,
    pingedAt: at,
    isDoubted: false,
    isSuspect: false,
    beside: undefined,
    besides: 0,
    besideAfter: at,
  }
}

function isAwaking({ gapMs }: Pick<Beat, 'gapMs'>): boolean {
  return gapMs >= beatEveryMs + wakeGapMs
}

/** What ends a pause, and an attempt under way. */
export function isRousing(beat: Pick<Beat, 'gapMs' | 'isNetworkNew'>): boolean {
  return isAwaking(beat) || beat.isNetworkNew
}

export type LiveStep = {
  readonly next: LiveState
  readonly wishes: 'give-up' | { readonly ping: boolean; readonly beside: boolean }
}

/**
 * After a sleep the gateway is pinged and a second connection dialled at once, and what answers first is kept; after a
 * change of network, or in a long silence, the second one follows when the ping was not answered within a beat.
 */
export function beatLive(state: LiveState, beat: Beat): LiveStep {
  const { at } = beat
  if (isRousing(beat)) {
    const isSuspect = isAwaking(beat)
    const next = { ...state, silentSince: at, pingedAt: at, isDoubted: true, isSuspect, besideAfter: at }
    return { next, wishes: { ping: true, beside: isSuspect && state.beside === undefined } }
  }
  const silentMs = at - state.silentSince
  const isSuspect = state.isDoubted || silentMs >= suspectAfterMs
  if (silentMs >= deadAfterMs) return { next: { ...state, isSuspect }, wishes: 'give-up' }
  const ping = at - state.pingedAt >= pingEveryMs
  const beside = isSuspect && state.beside === undefined && at >= state.besideAfter
  return { next: { ...state, isSuspect, ...(ping ? { pingedAt: at } : {}) }, wishes: { ping, beside } }
}
