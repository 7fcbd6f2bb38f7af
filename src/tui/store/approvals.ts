/** Commands that wait for a decision, oldest first; the first one is on screen. */

import type { ExecDecision, PendingApproval } from '../../shared/protocol/exec.ts'
import type { Action } from './action.ts'

/** In the order they stand on screen. The first is chosen until the reader moves: Enter by accident denies. */
export const choices: readonly ExecDecision[] = ['deny', 'allow-once', 'allow-always']

export type Approvals = {
  readonly waiting: readonly PendingApproval[]
  readonly choice: ExecDecision
  /** First row shown of a long command. */
  readonly top: number
  /** Answered here, not yet confirmed by the gateway. */
  readonly answering: { readonly id: string; readonly decision: ExecDecision } | undefined
}

export const noApprovals: Approvals = { waiting: [], choice: 'deny', top: 0, answering: undefined }

export function reduceApprovals(approvals: Approvals, action: Action): Approvals {
  switch (action.type) {
    case 'approval.asked':
      if (approvals.waiting.some(({ id }) => id === action.approval.id)) return approvals
      return keep(approvals, [...approvals.waiting, action.approval])
    case 'approvals.loaded':
      return keep(approvals, action.approvals)
    case 'approval.resolved':
      return keep(
        approvals,
        approvals.waiting.filter(({ id }) => id !== action.id),
      )
    case 'approvals.expired':
      return keep(
        approvals,
        approvals.waiting.filter(({ expiresAtMs }) => expiresAtMs > action.nowMs),
      )
    case 'approval.answering':
      return { ...approvals, answering: { id: action.id, decision: action.decision } }
    case 'approval.chosen': {
      const at = choices.indexOf(approvals.choice) + action.by
      return { ...approvals, choice: choices.at(at % choices.length) ?? 'deny' }
    }
    case 'approval.paged':
      return { ...approvals, top: Math.max(0, approvals.top + action.by) }
    default:
      return approvals
  }
}

/** Another command on screen starts at its top, with the safe choice. */
/** Whether it may be allowed for always; a command a shell takes apart may not. */
export function mayRemember(approval: PendingApproval | undefined): boolean {
  return approval?.request.rememberable !== false
}

function keep(approvals: Approvals, waiting: readonly PendingApproval[]): Approvals {
  const isSame = waiting[0]?.id === approvals.waiting[0]?.id
  if (isSame && waiting.length === approvals.waiting.length) return approvals
  return isSame ? { ...approvals, waiting } : { ...noApprovals, waiting }
}
