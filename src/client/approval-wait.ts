/** A device that waits for approval: it comes in as soon as somebody approves it, or by a pairing code typed here. */

import { Fault } from '../shared/fault.ts'
import { backoffDelayMs } from '../shared/std/backoff.ts'
import type { Clock } from '../shared/std/clock.ts'
import type { Secret } from '../shared/std/secret.ts'
import { raceAbort, sleep } from '../shared/std/signal.ts'
import type { PairCodeQuestion } from '../tunnel/prompts.ts'

/** How often the gateway is asked whether it has been approved: soon at first, then every 15 s. */
const lookBackoff = { baseMs: 2_000, capMs: 15_000 }
/** As long as the request stands at the gateway: looking longer would ask its owner again and again. */
const lookForMs = 5 * 60_000
/** How many codes may be typed before the connection gives up. */
const maxCodes = 3

export type AskPairCode = (question: PairCodeQuestion, signal: AbortSignal) => Promise<Secret | undefined>

export type ApprovalWait<T> = {
  readonly ask: AskPairCode
  /** Tries to get in, with a code or to see whether it is approved. Rejects with a `Fault`. */
  readonly enter: (code: Secret | undefined, signal: AbortSignal) => Promise<T>
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Whether `fault` says that a person has to approve this device, at a gateway that takes codes for it. */
export function takesPairCode(fault: unknown): fault is Fault {
  return fault instanceof Fault && fault.code === 'client.pairing-required' && fault.details?.takesCode === true
}

/** Rejects with `fault`, or the one after the last code, when no code is given; or with the signal's reason. */
export async function awaitApproval<T>(fault: Fault, wait: ApprovalWait<T>): Promise<T> {
  let refused = fault
  for (let attempt = 1; attempt <= maxCodes; attempt++) {
    const ending = new AbortController()
    const signal = AbortSignal.any([wait.signal, ending.signal])
    const question = { kind: 'pair-code', fingerprint: String(fault.details?.fingerprint ?? ''), attempt } as const
    const asked = wait.ask(question, signal).then((code) => ({ code }))
    const approved = lookUntilApproved(wait, signal).then((entered) => ({ entered }))
    const first = await Promise.race([asked, approved]).finally(() => {
      for (const late of [asked, approved]) late.catch(() => {}) // ended below
      ending.abort(new Error('answered'))
    })
    if ('entered' in first) return first.entered
    if (!first.code) throw refused
    try {
      return await wait.enter(first.code, wait.signal)
    } catch (error) {
      if (!takesPairCode(error)) throw error
      refused = error
    }
  }
  throw refused
}

/** Resolves when it got in without a code. Whatever else fails, such as the line, is for the one who waits to hear. */
async function lookUntilApproved<T>({ enter, clock }: ApprovalWait<T>, signal: AbortSignal): Promise<T> {
  const endsAt = clock.monotonic() + lookForMs
  for (let look = 0; clock.monotonic() < endsAt; look++) {
    await sleep(clock, backoffDelayMs(lookBackoff, look, 1), signal)
    try {
      return await enter(undefined, signal)
    } catch (error) {
      if (!takesPairCode(error)) throw error
    }
  }
  return await raceAbort(new Promise<never>(() => {}), signal)
}
