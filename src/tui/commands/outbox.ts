/** Messages that wait to be sent or answered: seen, edited, deleted. */

import type { Taken } from '../gateway/intents.ts'
import { editorText } from '../input/editor.ts'
import { editorOf } from '../store/composer.ts'
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
export async function editWaiting(context: CommandContext, { key, runId }: Waiting) {
  const { store, intents, notifier } = context
  const taken = await intents.withdraw(key, runId)
  if (!taken) return notifier.say('info', 'It is being answered already.')
  if (store.get().sessions.key !== key) intents.openSession(key)
  revise(context, taken)
}

/** The last one of this session, back into the composer. */
export async function takeBack(context: CommandContext) {
  const taken = await context.intents.takeBack()
  if (!taken) return context.notifier.say('info', 'No message is waiting.')
  revise(context, taken)
}

/** What was being written is put aside; it is among the earlier prompts too, which are kept should this program end. */
function revise({ store, notifier }: CommandContext, { text, at }: Taken) {
  const { composer, sessions } = store.get()
  const draft = editorText(editorOf(composer, sessions.key)).trim()
  if (draft !== '') {
    store.dispatch({ type: 'composer.remembered', text: draft })
    notifier.say('info', 'Your draft comes back when this is sent or cleared.')
  }
  store.dispatch({ type: 'composer.revising', text, at })
}

export async function deleteWaiting(context: CommandContext) {
  const { store, intents, notifier } = context
  const state = store.get()
  const choice = entriesOf(state)[state.overlay?.index ?? 0]?.choice
  if (choice?.kind !== 'waiting') return
  const taken = await intents.withdraw(choice.key, choice.runId)
  if (!taken) return notifier.say('info', 'It is being answered already.')
  store.dispatch({ type: 'composer.remembered', text: taken.text })
  store.dispatch({ type: 'overlay.moved', by: 0, count: entriesOf(store.get()).length })
}
