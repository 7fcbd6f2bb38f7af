/** `/pairing`: people who write from chat services and wait to be let in, on a page; and deciding about them. */

import type { Result } from '../../shared/protocol/table.ts'
import { oneLine } from '../layout/sanitize.ts'
import type { State } from '../store/state.ts'
import { defineCommand, refuse } from './command.ts'

export const pairing = defineCommand({
  name: 'pairing',
  usage: '[approve|reject <code>]',
  about: 'Show who wants to write from a chat service, and let them',
  async run(context, args) {
    const { store, intents, notifier } = context
    const missing = obstacle(store.get())
    const [verb, code, ...rest] = args.split(/\s+/).filter((part) => part !== '')
    if (missing === undefined && verb !== undefined) {
      const word = (['approve', 'reject'] as const).find((one) => one === verb.toLowerCase())
      if (!word || code === undefined || rest.length > 0) return refuse(context, howToDecide)
      const name = await intents.decidePerson(code, word)
      if (name === undefined) return 'refused'
      return notifier.say('success', `${word === 'approve' ? 'Let in' : 'Refused'}: ${oneLine(name)}`)
    }
    const show = (text: string) => store.dispatch({ type: 'overlay.opened', overlay: 'pairing', text })
    show(missing ?? 'People\tAsking the gateway…')
    if (missing !== undefined) return
    const text = await intents.people().then(peopleText, (error: Error) => `People\t${error.message}`)
    if (store.get().overlay?.kind === 'pairing') show(text)
  },
})

const howToDecide = 'Write /pairing alone, or /pairing approve <code>, or /pairing reject <code>.'

/** Why nothing can be asked, in the words of the page. */
function obstacle({ connection }: State): string | undefined {
  if (connection.phase !== 'live') return 'People\tThere is no connection; try again when there is.'
  if (connection.hello?.features.methods.includes('channels.pairing.list')) return undefined
  return 'People\tThis gateway does not tell who wants in from chat services.'
}

/** Lines as the page takes them: a name before a tab, and what there is to say. Names are what people call themselves. */
export function peopleText({ pending, approved }: Result<'channels.pairing.list'>): string {
  const shown = ({ name, username, id, channel }: (typeof approved)[number] | (typeof pending)[number]) =>
    clean(`${name}${username === undefined ? '' : ` (@${username})`}, ${channel} ${id}`)
  const asking = pending.flatMap((one) => [`${clean(one.code)}\t${shown(one)}`])
  const known = approved.map((one) => `✓\t${shown(one)}`)
  const none = 'Nobody waits.'
  return [
    ...(asking.length > 0
      ? ['Waiting\t', ...asking, '', '\t/pairing approve <code> lets one in, reject refuses.']
      : [none]),
    ...(known.length > 0 ? ['', 'Let in\t', ...known] : []),
  ].join('\n')
}

const clean = (text: string): string => text.replaceAll(/[\t\n]/g, ' ')
