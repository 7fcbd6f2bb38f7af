/** Whom the keys are for while a command waits for a decision: one place at a time, and it is seen which. Pure. */

import { editorOf } from './composer.ts'
import type { State } from './state.ts'

/**
 * The question has the keys. A draft or a panel keeps them until the reader turns to the question; and nothing can be
 * decided without a connection.
 */
export function isFacing({ approvals, asked, composer, connection, overlay, sessions }: State): boolean {
  if (approvals.waiting.length === 0 || asked || connection.phase !== 'live') return false
  if (approvals.turned) return approvals.turned === 'question'
  return overlay === undefined && editorOf(composer, sessions.key).text === ''
}
