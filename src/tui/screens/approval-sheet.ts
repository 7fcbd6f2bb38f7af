/**
 * The question whether a command may run: all of it, escaped, a page at a time if it is long; where it would run, for
 * whom, and how long the question stands. Nothing is allowed before the whole command was shown. Pure.
 */

import { shortKey } from '../../client/session-words.ts'
import type { PendingApproval } from '../../shared/protocol/exec.ts'
import { commandRows } from '../layout/escape.ts'
import { spread } from '../layout/fit.ts'
import { muted, strong, toolName } from '../layout/items/styles.ts'
import { plain, type Row } from '../layout/span.ts'
import { choices, mayRemember } from '../store/approvals.ts'
import type { State } from '../store/state.ts'
import { countdown } from './ages.ts'
import { askingTitle } from './panel-title.ts'
import { choiceSpans, indent, sheetFacts } from './sheet-rows.ts'
import type { Moment } from './status-line.ts'

export type Sheet = {
  readonly rows: Row[]
  /** Rows of the command, how many of them show, and the last place a page may begin. */
  readonly commandRows: number
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
  const facts = factRows(approval, state, columns)
  const command = commandRows(approval.request.command, Math.max(1, columns - 4))
  const frame = 2 // the title and the choices
  const room = Math.max(1, maxRows - frame)
  // Where it would run is always among what shows; the rest of the facts gives way to the command.
  const factRoom = Math.min(facts.length, Math.max(1, room - command.length))
  const pageRows = Math.max(1, Math.min(command.length, room - factRoom))
  const lastTop = Math.max(0, command.length - pageRows)
  const top = Math.min(approvals.top, lastTop)
  const page = command.slice(top, top + pageRows).map((row, index): Row => {
    return [plain(top + index === 0 ? '$ ' : '  ', muted), ...row]
  })
  const shownFacts = facts.slice(0, Math.max(0, room - pageRows))
  const hasShownAll = top >= lastTop
  const rest = lastTop > 0 ? `rows ${top + 1}–${top + pageRows} of ${command.length}` : ''
  return {
    rows: [
      titleOf(state, moment),
      ...page.map((row) => indent(row)),
      ...shownFacts.map((row) => indent(row)),
      choiceRow(state, approval, rest, hasShownAll, columns),
    ],
    commandRows: command.length,
    pageRows,
    lastTop,
    hasShownAll,
  }
}

function titleOf({ approvals, view }: State, { nowMs, isCalm }: Moment): Row {
  const approval = approvals.waiting[0] as PendingApproval
  const left = isCalm ? '' : countdown(approval.expiresAtMs - nowMs)
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
  return sheetFacts(
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

function choiceRow(
  { approvals }: State,
  approval: PendingApproval,
  rest: string,
  hasShownAll: boolean,
  columns: number,
): Row {
  if (approvals.answering?.id === approval.id)
    return indent([plain(`${labels[approvals.answering.decision]} …`, muted)])
  const offered = choices.filter((choice) => choice === 'deny' || hasShownAll)
  const buttons = choiceSpans(
    offered
      .filter((choice) => choice !== 'allow-always' || mayRemember(approval))
      .map((choice) => {
        return { label: labels[choice], isChosen: choice === approvals.choice, isRefusal: choice === 'deny' }
      }),
  )
  const hint = hasShownAll ? rest : `${rest} · pgdn reads on`
  return spread(indent(buttons), hint === '' ? [] : [plain(hint, muted)], columns)
}
