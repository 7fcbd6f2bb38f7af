/**
 * The question whether a command may run: all of it, escaped, where it would run, for whom and why, a page at a time if
 * that is long; and how long the question stands. Nothing is allowed before all of it was shown. Pure.
 */

import { shortKey } from '../../client/session-words.ts'
import type { PendingApproval } from '../../shared/protocol/exec.ts'
import { keyOf } from '../commands/keymap.ts'
import { commandRows } from '../layout/escape.ts'
import { cutRow, rowWidth, spread } from '../layout/fit.ts'
import { muted, strong, toolName, warning } from '../layout/items/styles.ts'
import { plain, type Row } from '../layout/span.ts'
import { textWidth } from '../layout/width.ts'
import { offeredFor } from '../store/approvals.ts'
import { isFacing } from '../store/facing.ts'
import type { State } from '../store/state.ts'
import { countdown } from './ages.ts'
import { askingTitle } from './panel-title.ts'
import { choiceSpans, indent, wholeFacts } from './sheet-rows.ts'
import type { Moment } from './status-line.ts'

export type Sheet = {
  readonly rows: Row[]
  /** The first row that shows of what is to be read, how many show, and the last place a page may begin. */
  readonly top: number
  readonly pageRows: number
  readonly lastTop: number
  readonly hasShownAll: boolean
}

/** At most `maxRows` rows; undefined when nothing waits. */
export function approvalSheet(state: State, moment: Moment, maxRows: number): Sheet | undefined {
  const { approvals, view } = state
  const approval = approvals.waiting[0]
  if (!approval) return undefined
  const { columns } = view
  const command = commandRows(approval.request.command, Math.max(1, columns - 4))
  const toRead = [
    ...command.map((row, index): Row => [plain(index === 0 ? '$ ' : '  ', muted), ...row]),
    ...factRows(approval, state, columns),
  ]
  const frame = 2 // the title and the choices
  const pageRows = Math.max(1, Math.min(toRead.length, maxRows - frame))
  const lastTop = toRead.length - pageRows
  const top = Math.min(approvals.top, lastTop)
  const hasShownAll = top >= lastTop
  const place = lastTop > 0 ? `rows ${top + 1}–${top + pageRows} of ${toRead.length}` : ''
  return {
    rows: [
      titleOf(state, moment),
      ...toRead.slice(top, top + pageRows).map((row) => indent(row)),
      lastRow(state, approval, place, hasShownAll),
    ],
    top,
    pageRows,
    lastTop,
    hasShownAll,
  }
}

function titleOf({ approvals, connection, view }: State, { nowMs, isCalm }: Moment): Row {
  const approval = approvals.waiting[0] as PendingApproval
  const left = isCalm || connection.phase !== 'live' ? '' : countdown(approval.expiresAtMs - nowMs)
  const queue = approvals.waiting.length > 1 ? `1 of ${approvals.waiting.length}` : ''
  return askingTitle('May this command run?', [queue, left].filter(Boolean).join(' · '), view.columns)
}

function factRows({ request }: PendingApproval, state: State, columns: number): Row[] {
  const machine =
    request.where ??
    (request.host === 'node' ? 'a node' : `gateway ${state.connection.hello?.server.host ?? state.connection.name}`)
  const why = typeof request.why === 'string' ? request.why : undefined
  const asker = [
    request.agentId && `agent ${request.agentId}`,
    request.sessionKey && `session ${shortKey(request.sessionKey)}`,
  ]
  return wholeFacts(
    [
      ['runs on', machine, toolName],
      ['in', request.cwd ?? undefined, strong],
      ['program', request.resolvedPath ?? undefined, strong],
      ['for', asker.filter(Boolean).join(', ') || undefined, strong],
      ['because', why, muted],
    ],
    columns,
  )
}

const labels = { deny: 'Deny', 'allow-once': 'Allow once', 'allow-always': 'Allow always' } as const

/** Under the question: what may be chosen, or why nothing may be now, and where in it one reads. */
function lastRow(state: State, approval: PendingApproval, place: string, hasShownAll: boolean): Row {
  const { approvals, connection, view } = state
  const { columns } = view
  if (connection.phase !== 'live') return only([plain('Not connected: decide when it is back.', warning)], columns)
  if (approvals.answering?.id === approval.id)
    return only([plain(`${labels[approvals.answering.decision]} …`, muted)], columns)
  if (!isFacing(state)) {
    return beside([plain(keyOf('turn-to-question'), strong), plain(' turns to this question', muted)], place, columns)
  }
  const offered = hasShownAll ? offeredFor(approval) : (['deny'] as const)
  const buttons = choiceSpans(
    offered.map((choice) => {
      return { label: labels[choice], isChosen: choice === approvals.choice, isRefusal: choice === 'deny' }
    }),
  )
  if (hasShownAll) return beside(buttons, place, columns)
  if (approvals.isHasty) return only([...buttons, plain('Read the whole command first.', warning)], columns)
  return beside(buttons, `${place} · ${keyOf('approval-page-down')} reads on`, columns)
}

const only = (row: Row, columns: number): Row => cutRow(indent(row), columns)

/** `hint` at the end, where there is room for it. */
function beside(row: Row, hint: string, columns: number): Row {
  const left = indent(row)
  const hasRoom = hint !== '' && rowWidth(left) + textWidth(hint) <= columns
  return hasRoom ? spread(left, [plain(hint, muted)], columns) : cutRow(left, columns)
}
