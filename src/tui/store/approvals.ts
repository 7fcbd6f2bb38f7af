/** Commands that wait for a decision, oldest first; the first one is on screen. */

import type { ExecDecision, PendingApproval } from '../../shared/protocol/exec.ts'
import type { Action } from './action.ts'

/** In the order they stand on screen. The first is chosen until the reader moves: Enter by accident denies. */
const choices: readonly ExecDecision[] = ['deny', 'allow-once', 'allow-always']

export type Approvals = {
  readonly waiting: readonly PendingApproval[]
  readonly choice: ExecDecision
  /** First row shown of a long question. */
  readonly top: number
  /** It would have been allowed before all of it was read; until one reads on. */
  readonly isHasty: boolean
  /** Where the reader turned for this question; undefined while the draft decides: see `isFacing`. */
  readonly turned: 'question' | 'composer' | undefined
  /** Answered here, not yet confirmed by the gateway. */
  readonly answering: { readonly id: string; readonly decision: ExecDecision } | undefined
}

export const noApprovals: Approvals = {
  waiting: [],
  choice: 'deny',
  top: 0,
  isHasty: false,
  turned: undefined,
  answering: undefined,
}

export function reduceApprovals(approvals: Approvals, action: Action): Approvals {
  switch (action.type) {
    case 'approval.asked':
      if (approvals.waiting.some(({ id }) => id === action.approval.id)) return approvals
      return keep(approvals, [...approvals.waiting, action.approval])
    case 'approvals.loaded':
      return keep(approvals, action.approvals)
    case 'approval.resolved':
      return resolve(approvals, action.id)
    case 'approvals.expired':
      return keep(
        approvals,
        approvals.waiting.filter(({ expiresAtMs }) => expiresAtMs > action.nowMs),
      )
    case 'approval.answering':
      return { ...approvals, answering: { id: action.id, decision: action.decision } }
    case 'approval.unanswered':
      return approvals.answering?.id === action.id ? { ...approvals, answering: undefined } : approvals
    case 'approval.chosen': {
      const offered = offeredFor(approvals.waiting[0])
      const at = offered.indexOf(approvals.choice) + action.by
      return { ...approvals, choice: offered.at(at % offered.length) ?? 'deny' }
    }
    case 'approval.marked':
      return { ...approvals, choice: action.choice }
    case 'approval.hurried':
      return { ...approvals, isHasty: true }
    case 'approval.paged':
      return { ...approvals, top: action.top, isHasty: false }
    case 'approval.turned':
      return { ...approvals, turned: action.to }
    case 'screen.left':
      return turnBack(approvals)
    // Who writes has turned away.
    case 'composer.edited':
      return action.op.op === 'insert' || action.op.op === 'paste' ? turnBack(approvals) : approvals
    default:
      return approvals
  }
}

/** Who turned to a question and answered it goes on with the next. */
function resolve(approvals: Approvals, resolved: string): Approvals {
  const next = keep(
    approvals,
    approvals.waiting.filter(({ id }) => id !== resolved),
  )
  const goesOn = next.waiting.length > 0 && approvals.answering?.id === resolved
  return goesOn ? { ...next, turned: approvals.turned } : next
}

const turnBack = (approvals: Approvals): Approvals =>
  approvals.turned === 'question' ? { ...approvals, turned: undefined } : approvals

/** What may be chosen about it, in the order it stands on screen. */
export const offeredFor = (approval: PendingApproval | undefined): readonly ExecDecision[] =>
  choices.filter((choice) => choice !== 'allow-always' || mayRemember(approval))

/** Whether it may be allowed for always; a command a shell takes apart may not. */
export function mayRemember(approval: PendingApproval | undefined): boolean {
  return approval?.request.rememberable !== false
}

/** Another command on screen starts at its top, with the safe choice. */
function keep(approvals: Approvals, waiting: readonly PendingApproval[]): Approvals {
  const isSame = waiting[0]?.id === approvals.waiting[0]?.id
  if (isSame && waiting.length === approvals.waiting.length) return approvals
  return isSame ? { ...approvals, waiting } : { ...noApprovals, waiting }
}
