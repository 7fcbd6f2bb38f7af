/** One row of a list panel, and what choosing it means. */

import type { Span } from '../layout/span.ts'
import type { Hit } from '../store/action.ts'

export type Entry = {
  readonly title: string
  readonly detail?: string
  /** Tells it from others of the same title; leads where there is no room for the detail. */
  readonly name?: string
  /** Milliseconds since 1970, shown as an age. */
  readonly at?: number
  readonly isCurrent?: boolean
  /** In place of the sign for the current one, and of the age. */
  readonly mark?: Span
  readonly tail?: string
  readonly choice:
    | { kind: 'gateway'; id: string }
    | { kind: 'waiting'; key: string; runId: string }
    | { kind: 'session'; key: string }
    | { kind: 'new-session' }
    | { kind: 'model'; model: string | null }
    | { kind: 'item'; id: string; words: string }
    | { kind: 'hit'; hit: Hit }
    | { kind: 'prompt'; text: string }
}
