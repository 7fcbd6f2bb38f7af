/** `/security`: what the gateway finds unsafe about itself, on a page. */

import type { Result } from '../../shared/protocol/table.ts'
import type { State } from '../store/state.ts'
import { defineCommand } from './command.ts'

export const security = defineCommand({
  name: 'security',
  about: 'Show what makes the gateway unsafe, and what to do',
  async run({ store, intents }) {
    const show = (text: string) => store.dispatch({ type: 'overlay.opened', overlay: 'security', text })
    const missing = obstacle(store.get())
    show(missing ?? 'Security\tThe gateway looks at itself…')
    if (missing !== undefined) return
    const text = await intents.audit().then(securityText, (error: Error) => `Security\t${error.message}`)
    if (store.get().overlay?.kind === 'security') show(text)
  },
})

/** Why nothing can be asked, in the words of the page. */
function obstacle({ connection }: State): string | undefined {
  if (connection.phase !== 'live') return 'Security\tThere is no connection; try again when there is.'
  if (connection.hello?.features.methods.includes('security.audit')) return undefined
  return 'Security\tThis gateway does not look at itself. On its machine, run: clawdbot security audit'
}

const words = { critical: '✗ Critical', warning: '! Warning', info: '· Good to know' } as const

/** Lines as the page takes them: a name before a tab, and what there is to say. */
export function securityText({ checks, findings }: Result<'security.audit'>): string {
  const lines = findings.flatMap(({ id, severity, message, remedy }) => [
    `${words[severity]}\t${clean(message)}`,
    `\t${clean(remedy)}`,
    `\t[${clean(id)}]`,
    '',
  ])
  const isFine = !findings.some(({ severity }) => severity !== 'info')
  const sum = `${isFine ? '✓ ' : ''}${checks} checks\t${isFine ? 'Nothing to worry about.' : 'docs/audit.md says more about each.'}`
  return [
    ...lines,
    sum,
    '\tclawdbot security audit --deep, on its machine, looks closer and knocks at the gateway.',
  ].join('\n')
}

const clean = (text: string): string => text.replaceAll(/[\t\n]/g, ' ')
