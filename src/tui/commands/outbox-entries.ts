/** What the outbox panel offers: every message that has not been answered yet because it waits or was refused. Pure. */

import { sessionTitle } from '../../client/session-words.ts'
import { danger, muted, warning } from '../layout/items/styles.ts'
import { plain, type Span } from '../layout/span.ts'
import type { QuestionItem } from '../store/item.ts'
import type { Run } from '../store/run.ts'
import type { State } from '../store/state.ts'
import type { Entry } from './entry.ts'
import { filterList } from './fuzzy.ts'

/** Of every session, in the order they were written. */
export function outboxEntries(state: State, filter: string): readonly Entry[] {
  const waiting = Object.values(state.transcripts).flatMap(({ key, live }) =>
    live.flatMap((run) => (run.question && isOpen(run) ? [{ key, question: run.question, runId: run.id }] : [])),
  )
  const ordered = waiting.toSorted((a, b) => (a.question.at ?? 0) - (b.question.at ?? 0))
  return filterList(ordered, filter, ({ question }) => question.text).map(({ key, question, runId }) => {
    const row = state.sessions.rows.find((candidate) => candidate.key === key)
    const problem = question.problem === undefined ? [] : [question.problem]
    return {
      title: question.text,
      detail: [...problem, key === state.sessions.key ? 'this session' : sessionTitle(key, row)].join(' · '),
      mark: markOf(question),
      tail: words[question.delivery],
      choice: { kind: 'waiting', key, runId },
    }
  })
}

const isOpen = ({ phase, question }: Run): boolean => phase === 'waiting' || question?.delivery === 'refused'

const words = { unsent: 'queued', sent: 'sent', refused: 'failed' } as const

function markOf({ delivery }: QuestionItem): Span {
  if (delivery === 'refused') return plain('✗', danger)
  return delivery === 'unsent' ? plain('◌', warning) : plain('✓', muted)
}
