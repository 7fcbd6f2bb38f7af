/** Runs a slash command; one that was refused is written again where it was. */

import { editorOf } from '../store/composer.ts'
import type { CommandContext } from './command.ts'
import type { Slash } from './slash.ts'

export async function runSlash(context: CommandContext, { command, args }: Slash, text: string): Promise<void> {
  const { store } = context
  const { key } = store.get().sessions
  if ((await command.run(context, args)) !== 'refused') return
  // Unless something else is being written meanwhile.
  const { composer, sessions } = store.get()
  if (sessions.key !== key || editorOf(composer, key).text !== '') return
  store.dispatch({ type: 'composer.edited', op: { op: 'set', text } })
}
