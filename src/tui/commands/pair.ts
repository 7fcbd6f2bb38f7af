/** `/pair`: a code that lets another device in, on a page. */

import { scopesText } from '../../client/device-words.ts'
import { operatorScopes } from '../../shared/protocol/scope.ts'
import type { Result } from '../../shared/protocol/table.ts'
import { may } from '../store/rights.ts'
import type { State } from '../store/state.ts'
import { defineCommand, refuse } from './command.ts'

/** As of the line command: what another terminal of the same person needs. */
const usualScopes = 'read,write,approvals'

export const pair = defineCommand({
  name: 'pair',
  usage: '[scopes]',
  about: 'Show a code that lets another device in, once, within ten minutes',
  values: () => ['read', 'read,write', usualScopes],
  async run(context, args) {
    const { store, intents } = context
    const missing = obstacle(store.get())
    if (missing !== undefined) return refuse(context, missing)
    const words = (args.trim() || usualScopes).split(',').map((word) => `operator.${word.trim().toLowerCase()}`)
    const stranger = words.find((word) => !operatorScopes.some((scope) => scope === word))
    if (stranger !== undefined) {
      return refuse(context, `There is no scope ${scopesText([stranger])}; there are: ${scopesText(operatorScopes)}.`)
    }
    const made = await intents.makePairCode(words)
    store.dispatch({ type: 'overlay.opened', overlay: 'pair', text: pairText(made) })
  },
})

function obstacle({ connection }: State): string | undefined {
  if (connection.phase !== 'live') return 'There is no connection; try again when there is.'
  if (!connection.hello?.features.methods.includes('device.code.create')) return 'This gateway makes no pairing codes.'
  return may(connection, 'admin') ? undefined : 'Only a device with the scope admin makes pairing codes.'
}

/** Lines as the page takes them: a name before a tab, and what there is to say. */
function pairText({ code, scopes }: Result<'device.code.create'>): string {
  return [
    `Code\t${code}`,
    `Grants\t${scopesText(scopes)}`,
    'Counts\tonce, within 10 minutes; in place of the approval, not of the token or password',
    '',
    'Type it\twhere the other terminal says that it waits for approval',
    '\tor on a command line there: clawdbot profiles pair <profile>',
    'Phones\tclawdbot devices pair --public-url wss://… draws a QR code',
  ].join('\n')
}
