/** Commands about going from one gateway to another. */

import { memberNamed } from '../store/fleet.ts'
import { longestWaiting, membersOf } from '../store/members.ts'
import { type CommandContext, defineCommand } from './command.ts'

export const use = defineCommand({
  name: 'use',
  usage: '[name]',
  about: 'Go to another gateway; "-" is the one before',
  values: (state) => state.fleet.members.map(({ name }) => name),
  run(context, args) {
    const { store, notifier } = context
    if (args === '') return chooseGateway(context)
    const member = memberNamed(store.get().fleet, args)
    if (member) return goTo(context, member.id)
    if (args === '-') return notifier.say('info', 'There is no gateway before this one yet.')
    chooseGateway(context, args)
  },
})

/** Another program may have saved one since the list was read. */
export function chooseGateway({ store, fleet }: CommandContext, filter = '') {
  store.dispatch({ type: 'overlay.opened', overlay: 'gateways', text: filter })
  fleet.refresh()
}

export function goTo({ fleet, store, notifier }: CommandContext, id: string) {
  if (id === store.get().fleet.currentId) return notifier.say('info', 'That is the gateway you are at.')
  fleet.switchTo(id)
}

export function goBack(context: CommandContext) {
  const { previousId } = context.store.get().fleet
  if (previousId === undefined) context.notifier.say('info', 'There is no gateway before this one yet.')
  else context.fleet.switchTo(previousId)
}

/** To the command that has waited longest for permission, wherever it is. */
export function goToApproval({ fleet, store, notifier }: CommandContext) {
  const state = store.get()
  const member = longestWaiting(membersOf(state))
  if (!member) return notifier.say('info', 'No command asks for permission.')
  if (member.id === state.fleet.currentId) store.dispatch({ type: 'overlay.closed' })
  else fleet.switchTo(member.id)
}
