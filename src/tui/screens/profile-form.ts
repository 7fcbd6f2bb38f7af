/** The form of a profile: a line for each field, what is wrong with it beside it, as it is typed. Pure. */

import { cutRow, rowWidth, spread } from '../layout/fit.ts'
import { chosen, danger, muted, strong, warning } from '../layout/items/styles.ts'
import { oneLine, showControls } from '../layout/sanitize.ts'
import { plain, type Row, type Style } from '../layout/span.ts'
import { textWidth } from '../layout/width.ts'
import { wrapText } from '../layout/wrap.ts'
import { isSecretKept } from '../profiles/checks.ts'
import { type Field, fieldsOf } from '../profiles/fields.ts'
import { type Form, formProblems, leadsElsewhere } from '../profiles/form.ts'
import { type Panel, ruledTitle } from './panel-title.ts'

const labelWidth = 17
/** Narrower, a problem stands under its field and not beside it; and wherever it is too long for that. */
const wideColumns = 70
const elsewhere =
  'This leads to another gateway: saving deletes what is kept of the old one here (transcripts, drafts, unsent messages).'

/** Exactly `height` rows; the field one writes in is among them. */
export function profileForm(form: Form, columns: number, height: number): Panel {
  const problems = formProblems(form)
  const fields = fieldsOf(form.values, isSecretKept(form.values, form.old))
  const blocks = fields.map((field) => fieldRows(field, form, problems[field.id], columns))
  const general = [
    ...(problems.form ? [problems.form.text] : []),
    ...(form.refusal ? [form.refusal.text, form.refusal.remedy ?? ''] : []),
    ...(form.isSaving ? ['Saving…'] : []),
  ].filter((text) => text !== '')
  const told = (text: string, style: Style): Row[] =>
    wrapText(oneLine(text), columns - 2).map((line): Row => [plain('  '), plain(line, style)])
  const foot = [
    ...(leadsElsewhere(form) ? told(elsewhere, warning) : []),
    ...general.flatMap((text, index) => told(text, index === 0 && !form.isSaving ? danger : muted)),
  ]
  const room = Math.max(1, height - 2 - foot.length)
  const at = Math.max(
    0,
    fields.findIndex(({ id }) => id === form.focus),
  )
  const start = blocks.slice(0, at).reduce((sum, block) => sum + block.rows.length, 0)
  const rows = blocks.flatMap((block) => block.rows)
  const own = blocks[at]?.rows.length ?? 1
  const top = Math.max(0, Math.min(start - Math.floor((room - own) / 2), rows.length - room))
  const title = form.old ? `Profile ${oneLine(form.old.name)}` : 'New profile'
  const all = [ruledTitle(title, '', columns), [], ...rows.slice(top, top + room), ...foot]
  while (all.length < height) all.push([])
  const caret = blocks[at]?.caret
  return {
    rows: all.slice(0, height),
    ...(caret === undefined ? {} : { cursor: { row: 2 + start - top, column: caret } }),
  }
}

type Block = { rows: Row[]; caret?: number }
type Problem = ReturnType<typeof formProblems>[string]

function fieldRows(field: Field, form: Form, problem: Problem | undefined, columns: number): Block {
  const isFocused = field.id === form.focus
  const label = plain(`  ${field.label}`.padEnd(labelWidth), isFocused ? strong : muted)
  const { spans, caret } = valueSpans(field, form, isFocused, columns - labelWidth - 1)
  const left: Row = [label, ...spans]
  const told = problem && tell(problem, form.wasTried || isFocused)
  const caretAt = caret === undefined ? {} : { caret: labelWidth + caret }
  if (!told) return { rows: [cutRow(left, columns)], ...caretAt }
  const isWide = columns >= wideColumns
  if (isWide && textWidth(told.text) <= columns - rowWidth(left) - 2) {
    return { rows: [spread(left, [told], columns)], ...caretAt }
  }
  const lines = wrapText(told.text, columns - 4)
  const below = isWide || isFocused ? lines.map((line): Row => [plain('    '), plain(line, told.style)]) : []
  return {
    rows: [cutRow([...left, ...(below.length > 0 ? [] : [plain(' !', told.style ?? warning)])], columns), ...below],
    ...caretAt,
  }
}

/** What is only missing is no mistake before one wants to save. */
function tell({ text, isMissing }: NonNullable<Problem>, isDue: boolean) {
  if (!isMissing) return plain(text, danger)
  return isDue ? plain(text, warning) : undefined
}

function valueSpans(field: Field, form: Form, isFocused: boolean, room: number): { spans: Row; caret?: number } {
  const { options, isHidden, hint, id } = field
  const value = form.values[id] ?? ''
  if (options) {
    const shown = plain(`‹ ${value || options[0]} ›`, isFocused ? chosen : undefined)
    return { spans: [shown, plain(isFocused && hint !== '' ? `  ${hint}` : '', muted)] }
  }
  const text = isHidden ? '•'.repeat(form.secretLength) : showControls(value)
  const before = isHidden ? text : showControls(form.editor.text.slice(0, form.editor.caret))
  if (text === '') return { spans: [plain(hint, muted)], ...(isFocused ? { caret: 0 } : {}) }
  if (!isFocused) return { spans: cutRow([plain(text)], room) }
  const start = startOf(text, textWidth(before), room)
  return { spans: cutRow([plain(text.slice(start))], room), caret: textWidth(before.slice(start)) }
}

/** Where a long line begins to show, so that the caret is seen. */
function startOf(text: string, caret: number, room: number): number {
  let start = 0
  while (start < text.length && caret - textWidth(text.slice(0, start)) > room) start += 1
  return start
}
