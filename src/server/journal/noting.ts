/** A change and its entry in the journal, made together: what cannot be written down is not done (OP7). */

import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { ensurePrivateFolder } from '../storage/private-files.ts'
import { type Journal, type JournalOptions, openJournal } from './journal.ts'

/** Throws what `change` throws, and then notes nothing. */
export type Noting = (what: string, facts: Readonly<Record<string, unknown>>, change: () => void) => void

/** Into a journal that somebody has open. */
export function notingInto(journal: Pick<Journal, 'note'>): Noting {
  return (what, facts, change) => {
    change()
    journal.note(what, facts)
  }
}

/** Opens the journal for each change, before it is made; throws `state.damaged` when that cannot be. */
export function notingAt(options: JournalOptions): Noting {
  return (what, facts, change) => {
    const folder = dirname(options.path)
    if (!existsSync(folder)) ensurePrivateFolder(folder)
    using journal = openJournal(options)
    notingInto(journal)(what, facts, change)
  }
}

/** For desks of which nobody keeps a log. */
export const notingNothing: Noting = (_what, _facts, change) => change()
