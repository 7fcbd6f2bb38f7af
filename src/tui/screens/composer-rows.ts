/** Where one writes: the editor's rows with a prompt, the popup of completions, the messages that wait. Pure. */

import { keyOf } from '../commands/keymap.ts'
import type { Completion } from '../commands/slash.ts'
import { editorView, scrollTop } from '../input/editor-view.ts'
import { cutRow, padRow, spread } from '../layout/fit.ts'
import { accentStrong, chosen, chosenMuted, muted, strong, userMark, warning } from '../layout/items/styles.ts'
import { oneLine } from '../layout/sanitize.ts'
import { plain, type Row } from '../layout/span.ts'
import { textWidth, truncate } from '../layout/width.ts'
import { wrapText } from '../layout/wrap.ts'
import { editorOf } from '../store/composer.ts'
import type { QuestionItem } from '../store/item.ts'
import { isReadOnly } from '../store/rights.ts'
import type { State } from '../store/state.ts'
import { ofSlices } from './of-slices.ts'

/** Columns of the prompt sign. */
const promptWidth = 2

/** What the composer is drawn of. */
const writing = ['composer', 'sessions', 'connection', 'view'] as const

export type ComposerRows = { rows: Row[]; cursor: { row: number; column: number } }

/** Width of the editor's text: one column stays free for the caret at the end of a full row. */
export const editorWidth = (columns: number): number => Math.max(1, columns - promptWidth - 1)

export const composerRows = ofSlices(writing, (state, maxRows: number): ComposerRows => {
  const editor = editorOf(state.composer, state.sessions.key)
  const { rows, caret } = editorView(editor, editorWidth(state.view.columns))
  const height = Math.max(1, Math.min(rows.length, maxRows))
  const top = scrollTop(caret.row, rows.length, height, 0)
  const shown = rows.slice(top, top + height).map((row, index): Row => {
    const isFirst = top + index === 0
    return [plain(isFirst ? '› ' : '  ', accentStrong), ...row]
  })
  if (editor.text === '') shown[0] = [plain('› ', accentStrong), plain(placeholder(state), muted)]
  return {
    rows: shown.map((row) => cutRow(row, state.view.columns)),
    cursor: { row: caret.row - top, column: caret.column + promptWidth },
  }
})

function placeholder(state: Pick<State, 'connection'>): string {
  if (isReadOnly(state.connection)) return 'This device may only read here; / for commands'
  if (state.connection.phase === 'waiting' || state.connection.phase === 'failed') {
    return 'Write on: it is sent when the gateway is back'
  }
  return 'Message, or / for commands'
}

/** At most `maxRows` of the popup, with the chosen one among them: that one in full, below each other where it is long. */
export function completionRows(list: readonly Completion[], index: number, columns: number, maxRows: number): Row[] {
  const labelWidth = Math.min(Math.floor(columns * 0.4), Math.max(...list.map(({ label }) => textWidth(label))) + 2)
  const one = list[index]
  const all = one ? wholeCompletion(one, labelWidth, columns) : []
  const whole = all.slice(0, maxRows)
  if (all.length > maxRows) whole.push(cutRow([...(whole.pop() ?? []), plain('…', chosenMuted)], columns))
  const room = maxRows - Math.max(0, whole.length - 1)
  const top = Math.max(0, Math.min(index - room + 1, list.length - room))
  return list.slice(top, top + room).flatMap((completion, at): Row[] => {
    if (top + at === index) return whole
    const { label, about } = completion
    const name = truncate(label, labelWidth - 1)
    const row = [plain(`  ${name}${pad(name, labelWidth)}`, strong), plain(about, muted)]
    return [cutRow(row, columns)]
  })
}

function wholeCompletion({ label, about }: Completion, labelWidth: number, columns: number): Row[] {
  const isShort = textWidth(label) < labelWidth && 2 + labelWidth + textWidth(about) <= columns
  const rows: Row[] = isShort
    ? [[plain(`  ${label}${pad(label, labelWidth)}`, chosen), plain(about, chosenMuted)]]
    : [
        ...wrapText(label, columns - 2).map((line): Row => [plain(`  ${line}`, chosen)]),
        ...wrapText(about, columns - 4).map((line): Row => [plain(`    ${line}`, chosenMuted)]),
      ]
  return rows.map((row) => padRow(row, columns, chosenMuted))
}

const pad = (name: string, columns: number): string => ' '.repeat(Math.max(1, columns - textWidth(name)))

/** Messages that wait for their turn or for the gateway, the last ones if they are many. */
export function queueRows(waiting: readonly QuestionItem[], columns: number, maxRows: number): Row[] {
  const shown = waiting.slice(-maxRows)
  return shown.map((question, index): Row => {
    const isLast = index === shown.length - 1
    const hidden = index === 0 ? waiting.length - shown.length : 0
    const state = question.delivery === 'unsent' ? 'not sent yet' : 'waits its turn'
    const more = hidden > 0 ? ` +${hidden}` : ''
    const right: Row = [plain(isLast ? `${state}${more} · ${keyOf('take-back')} takes back` : `${state}${more}`, muted)]
    const narrow: Row = [plain(state, muted)]
    const left: Row = [
      plain('› ', userMark),
      plain(oneLine(question.text), question.delivery === 'unsent' ? warning : muted),
    ]
    return spread(left, columns < 60 ? narrow : right, columns)
  })
}
