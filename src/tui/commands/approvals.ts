/** Answers to the question whether a command may run. */

import { mayRemember } from '../store/approvals.ts'
import type { CommandContext } from './command.ts'

/** Allowed only once the whole command was on screen; before that the key reads on. */
export function approve(decision: 'allow-once' | 'allow-always') {
  return ({ store, intents, notifier, screen }: CommandContext) => {
    if (!screen.hasShownCommand()) {
      notifier.say('warning', 'Read the whole command first.')
      return store.dispatch({ type: 'approval.paged', by: screen.commandPage() })
    }
    if (decision === 'allow-always' && !mayRemember(store.get().approvals.waiting[0]))
      return notifier.say('warning', 'This command can only be allowed once.')
    intents.answer(decision)
  }
}

export function chooseApproval(context: CommandContext) {
  const { choice } = context.store.get().approvals
  return choice === 'deny' ? context.intents.answer('deny') : approve(choice)(context)
}
