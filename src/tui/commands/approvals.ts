/** Answers to the question whether a command may run. */

import type { ExecDecision } from '../../shared/protocol/exec.ts'
import { mayRemember } from '../store/approvals.ts'
import type { CommandContext } from './command.ts'

/** Whether it may be answered so now; if not, it says why. Allowed only once all of it was on screen. */
export function mayAnswer({ store, notifier, screen }: CommandContext, decision: ExecDecision): boolean {
  if (decision === 'deny') return true
  if (!screen.hasShownCommand()) {
    store.dispatch({ type: 'approval.hurried' })
    return false
  }
  if (decision === 'allow-once' || mayRemember(store.get().approvals.waiting[0])) return true
  notifier.say('warning', 'This command can only be allowed once.')
  return false
}

export function answer(decision: ExecDecision) {
  return (context: CommandContext) => {
    if (mayAnswer(context, decision)) context.intents.answer(decision)
  }
}

/** Nothing else is chosen before all of it was read. */
export function moveApproval(by: number) {
  return ({ store, screen }: CommandContext) => {
    store.dispatch(screen.hasShownCommand() ? { type: 'approval.chosen', by } : { type: 'approval.hurried' })
  }
}

export function turn(to: 'question' | 'composer') {
  return ({ store }: CommandContext) => store.dispatch({ type: 'approval.turned', to })
}

export function chooseApproval(context: CommandContext) {
  answer(context.store.get().approvals.choice)(context)
}
