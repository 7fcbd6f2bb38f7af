/** Messages that wait to be sent or answered: seen, edited, deleted. */

import { type CommandContext, defineCommand } from './command.ts'
import { entriesOf } from './entries.ts'

export const outbox = defineCommand({
  name: 'outbox',
  usage: '[words]',
  about: 'Show messages that wait; edit or delete one',
  run: ({ store }, args) => store.dispatch({ type: 'overlay.opened', overlay: 'outbox', text: args }),
})

type Waiting = { readonly key: string; readonly runId: string }

/** Back into the composer of its session. */
export async function editWaiting({ store, intents, notifier }: CommandContext, { key, runId }: Waiting) {
  const text = await intents.withdraw(key, runId)
  if (text === undefined) return notifier.say('info', 'It is being answered already.')
  if (store.get().sessions.key !== key) intents.openSession(key)
  store.dispatch({ type: 'composer.edited', op: { op: 'insert', text } })
}

export async function deleteWaiting(context: CommandContext) {
  const { store, intents, notifier } = context
  const state = store.get()
  const choice = entriesOf(state)[state.overlay?.index ?? 0]?.choice
  if (choice?.kind !== 'waiting') return
  const text = await intents.withdraw(choice.key, choice.runId)
  if (text === undefined) return notifier.say('info', 'It is being answered already.')
  store.dispatch({ type: 'composer.remembered', text })
  store.dispatch({ type: 'overlay.moved', by: 0, count: entriesOf(store.get()).length })
}
