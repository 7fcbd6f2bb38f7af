/** Commands that wait for a person: asked once, answered once, and "no" whenever nobody can answer (requirement EX7). */

import { randomUUID } from 'node:crypto'
import { type ExecDecision, execDecisions, type PendingApproval } from '../../../shared/protocol/exec.ts'
import type { Clock } from '../../../shared/std/clock.ts'
import type { Bus } from '../../bus.ts'

/** What the approver is shown, whole. `id` and `timeoutMs` may be chosen by callers over the wire. */
export type AskRequest = PendingApproval['request'] & { id?: string; timeoutMs?: number }

/** `answered` by a person; the others mean `deny` because nobody did. */
type SettledReason = 'answered' | 'expired' | 'withdrawn' | 'stopped' | 'crowded'

export type Settled = { kind: 'settled'; decision: ExecDecision; reason: SettledReason; by: string | null }
export type Approval = { kind: 'waiting' } | Settled

export type ApprovalEvent =
  | { type: 'answered'; decision: string; by: string }
  | { type: 'expired' }
  /** Whoever asked is gone: the run was stopped or the connection closed. */
  | { type: 'withdrawn' }
  /** The gateway is stopping. */
  | { type: 'stopped' }

/** The machine: the first event decides, everything after it changes nothing. */
export function stepApproval(state: Approval, event: ApprovalEvent): Approval {
  if (state.kind === 'settled') return state
  if (event.type !== 'answered') return { kind: 'settled', decision: 'deny', reason: event.type, by: null }
  const decision = isDecision(event.decision) ? event.decision : 'deny'
  return { kind: 'settled', decision, reason: 'answered', by: event.by }
}

function isDecision(text: string): text is ExecDecision {
  return (execDecisions as readonly string[]).includes(text)
}

export type Answer = Settled & { id: string; createdAtMs: number; expiresAtMs: number }

/** Default wait for an answer (section 3 of the protocol). */
export const defaultAskMs = 120_000
/** More questions than a person can have open; further ones are denied at once. */
export const maxWaiting = 64

type Waiting = { row: PendingApproval; settle(event: ApprovalEvent): void }

export class Approvals implements Disposable {
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #waiting = new Map<string, Waiting>()

  constructor(parts: { bus: Bus; clock: Clock }) {
    this.#bus = parts.bus
    this.#clock = parts.clock
  }

  /** Waiting now, oldest first. */
  list(): PendingApproval[] {
    return [...this.#waiting.values()].map(({ row }) => row)
  }

  has(id: string): boolean {
    return this.#waiting.has(id)
  }

  /** Asks every operator who may approve. Never rejects: without an answer in time the decision is `deny`. */
  ask({ id = randomUUID(), timeoutMs = defaultAskMs, ...request }: AskRequest, signal: AbortSignal): Promise<Answer> {
    const createdAtMs = this.#clock.now()
    const row: PendingApproval = { id, request: withNulls(request), createdAtMs, expiresAtMs: createdAtMs + timeoutMs }
    if (this.#waiting.size >= maxWaiting || this.#waiting.has(id)) return Promise.resolve(denied(row, 'crowded'))
    if (signal.aborted) return Promise.resolve(denied(row, 'withdrawn'))
    return new Promise((resolve) => {
      const onAbort = () => settle({ type: 'withdrawn' })
      const cancel = this.#clock.after(timeoutMs, () => settle({ type: 'expired' }), { unref: true })
      const settle = (event: ApprovalEvent) => {
        const state = stepApproval({ kind: 'waiting' }, event)
        if (state.kind !== 'settled' || !this.#waiting.delete(id)) return
        cancel()
        signal.removeEventListener('abort', onAbort)
        this.#announce(id, state)
        resolve({ ...state, id, createdAtMs, expiresAtMs: row.expiresAtMs })
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.set(id, { row, settle })
      this.#bus.publish({ type: 'wire', event: 'exec.approval.requested', payload: row })
    })
  }

  /** Answers one waiting question. `by` is the approver as the others are told. */
  resolve(id: string, decision: string, by: string): 'settled' | 'unknown' | 'invalid' {
    if (!isDecision(decision)) return 'invalid'
    const waiting = this.#waiting.get(id)
    if (!waiting) return 'unknown'
    waiting.settle({ type: 'answered', decision, by })
    return 'settled'
  }

  /** Denies everything that waits. */
  [Symbol.dispose](): void {
    for (const waiting of [...this.#waiting.values()]) waiting.settle({ type: 'stopped' })
  }

  #announce(id: string, { decision, by }: Settled): void {
    const payload = { id, decision, resolvedBy: by, ts: this.#clock.now() }
    this.#bus.publish({ type: 'wire', event: 'exec.approval.resolved', payload })
  }
}

function denied(row: PendingApproval, reason: SettledReason): Answer {
  const { id, createdAtMs, expiresAtMs } = row
  return { kind: 'settled', decision: 'deny', reason, by: null, id, createdAtMs, expiresAtMs }
}

/** Absent strings travel as `null` (section 9). */
function withNulls(request: PendingApproval['request']): PendingApproval['request'] {
  const { command, cwd = null, host = null, security = null, ask = null, agentId = null, ...rest } = request
  const { resolvedPath = null, sessionKey = null, ...extra } = rest
  return { command, cwd, host, security, ask, agentId, resolvedPath, sessionKey, ...extra }
}
