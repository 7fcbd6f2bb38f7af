/** The wizard's screen: progress, the question with its two lines, what can be answered, what is wrong. Pure. */

import { progressOf, routeOf, stepOf } from '../../client/onboard/machine.ts'
import { planOf } from '../../client/onboard/plan.ts'
import { summaryOf } from '../../client/onboard/summary.ts'
import { cutRow, joinFitting, padRow, rowWidth, spread } from '../layout/fit.ts'
import { accentStrong, chosen, chosenMuted, danger, muted, strong, success, warning } from '../layout/items/styles.ts'
import { oneLine, showControls } from '../layout/sanitize.ts'
import { plain, type Row, type Style } from '../layout/span.ts'
import { textWidth } from '../layout/width.ts'
import { wrapText } from '../layout/wrap.ts'
import { type Panel, ruledTitle } from '../screens/panel-title.ts'
import { fieldOf, hasFilter, type Sheet, shownChoices } from './sheet.ts'

/** Narrower, a hint stands under its choice and only there where one is. */
const wideColumns = 64

/** Exactly `height` rows. Where there is little room the explanation gives way to the answer. */
export function wizardView(sheet: Sheet, columns: number, height: number): Panel {
  const { at, of } = progressOf(sheet.wizard)
  const head = [ruledTitle('Set up clawdbot', `${at} of ${of}`, columns), [] as Row]
  const told = tellRows(sheet, columns)
  const foot = footRow(sheet, columns)
  const about = aboutRows(sheet, columns)
  const room = Math.max(1, height - head.length - told.length - 2)
  const kept = Math.min(about.length, Math.max(1, Math.floor(room / 3)))
  const field = fieldRows(sheet, columns, Math.max(1, room - kept))
  const shown = about.slice(0, Math.max(0, room - field.rows.length))
  const body = [...head, ...shown, ...field.rows, ...(told.length > 0 ? [[] as Row] : []), ...told]
  const rows = body.slice(0, height - 1)
  while (rows.length < height - 1) rows.push([])
  const row = head.length + shown.length + (field.cursor?.row ?? 0)
  return {
    rows: [...rows, foot],
    ...(field.cursor && row < height - 1 ? { cursor: { row, column: field.cursor.column } } : {}),
  }
}

const indented = (text: string, columns: number, style?: Style): Row[] =>
  wrapText(text, Math.max(1, columns - 4)).map((line): Row => [plain('  '), plain(line, style)])

function aboutRows(sheet: Sheet, columns: number): Row[] {
  const step = stepOf(sheet.wizard)
  const title = step?.title ?? 'Ready'
  const lines = step?.about(sheet.wizard) ?? ['This is what will be done. Nothing has been written so far.', '']
  // On a wide screen the two lines are two; on a narrow one they flow.
  const isWide = lines.every((line) => textWidth(line) <= columns - 4)
  const text = isWide
    ? lines.filter((line) => line !== '').flatMap((line) => indented(line, columns, muted))
    : indented(lines.join(' ').trim(), columns, muted)
  return [[plain('  '), plain(title, accentStrong)], ...text, ...noteRows(sheet, columns), []]
}

/** What trying the answer before has shown. */
function noteRows({ wizard }: Sheet, columns: number): Row[] {
  const route = routeOf(wizard)
  const before = route[(wizard.at === 'summary' ? route.length : route.findIndex(({ id }) => id === wizard.at)) - 1]
  const note = before && wizard.notes[before.id]
  return note === undefined
    ? []
    : [cutRow([plain('  '), plain(`✓ ${before?.title}: ${oneLine(note)}`, success)], columns)]
}

type Part = { rows: Row[]; cursor?: { row: number; column: number } }

function fieldRows(sheet: Sheet, columns: number, room: number): Part {
  switch (fieldOf(sheet)) {
    case 'choice':
      return choiceRows(sheet, columns, room)
    case 'text':
      return textRow(sheet, columns)
    case 'secret':
      return secretRows(sheet, columns)
    case 'summary':
      return summaryRows(sheet, columns, room)
  }
}

function choiceRows(sheet: Sheet, columns: number, room: number): Part {
  const choices = shownChoices(sheet)
  const filter = hasFilter(sheet) ? textRow(sheet, columns, true) : undefined
  const isWide = columns >= wideColumns
  const labelWidth = Math.min(34, Math.max(...choices.map(({ label }) => textWidth(label)), 0))
  const spare = (filter ? 1 : 0) + (isWide ? 0 : 1)
  const most = Math.max(1, room - spare - (choices.length > room - spare ? 1 : 0))
  const top = Math.max(0, Math.min(sheet.chosen - Math.floor(most / 2), choices.length - most))
  const rows = choices.slice(top, top + most).flatMap(({ label, hint = '' }, i): Row[] => {
    const isChosen = top + i === sheet.chosen
    const gap = ' '.repeat(Math.max(2, labelWidth - textWidth(label) + 2))
    const beside = isWide && hint !== '' ? [plain(`${gap}${oneLine(hint)}`, isChosen ? chosenMuted : muted)] : []
    const row = cutRow(
      [
        plain(isChosen ? '  › ' : '    ', isChosen ? chosen : undefined),
        plain(oneLine(label), isChosen ? chosen : undefined),
        ...beside,
      ],
      columns,
    )
    const below = !isWide && isChosen && hint !== '' ? [cutRow([plain(`      ${oneLine(hint)}`, muted)], columns)] : []
    return [isChosen ? padRow(row, columns - 2, chosenMuted) : row, ...below]
  })
  const none: Row[] = choices.length === 0 ? [[plain('    '), plain('None like that.', muted)]] : []
  const more =
    choices.length > most ? [spread([], [plain(`${sheet.chosen + 1} of ${choices.length}  `, muted)], columns)] : []
  return {
    rows: [...(filter?.rows ?? []), ...rows, ...none, ...more],
    ...(filter?.cursor ? { cursor: filter.cursor } : {}),
  }
}

function textRow({ editor }: Sheet, columns: number, isFilter = false): Part {
  const room = Math.max(1, columns - 6)
  const text = showControls(editor.text)
  const caret = textWidth(showControls(editor.text.slice(0, editor.caret)))
  let start = 0
  while (start < text.length && caret - textWidth(text.slice(0, start)) >= room) start += 1
  const shown = text === '' && isFilter ? plain('type to filter', muted) : plain(text.slice(start))
  const row = cutRow([plain('  › ', accentStrong), shown], columns)

  return { rows: [row], cursor: { row: 0, column: 4 + caret - textWidth(text.slice(0, start)) } }
}

function secretRows({ secretLength, strength }: Sheet, columns: number): Part {
  const dots = '•'.repeat(Math.min(secretLength, Math.max(1, columns - 6)))
  const row: Row = [plain('  › ', accentStrong), plain(dots)]
  const cursor = { row: 0, column: 4 + textWidth(dots) }
  if (!strength) return { rows: [row], cursor }
  const { level, bits, hint = '' } = strength
  const style = level === 'weak' ? danger : level === 'fair' ? warning : success
  const filled = Math.max(1, Math.min(10, Math.round(bits / 10)))
  const meter = [
    plain('    '),
    plain('■'.repeat(filled), style),
    plain('□'.repeat(10 - filled), muted),
    plain(` ${level}, about ${bits} bits`, style),
  ]
  return { rows: [row, cutRow(meter, columns), ...indented(hint, columns, muted)], cursor }
}

function summaryRows({ wizard, isGoingBack }: Sheet, columns: number, room: number): Part {
  const { facts, answers } = wizard
  const lines = summaryOf(facts, answers, planOf(facts, answers))
  const labelWidth = Math.max(...lines.map(({ label }) => textWidth(label))) + 4
  const isWide = columns >= wideColumns
  const rows = lines.flatMap(({ label, text }): Row[] => {
    const safe = oneLine(text)
    const isWarning = safe.startsWith('⚠')
    if (!isWide) return indented(`${label}: ${safe}`, columns, isWarning ? warning : undefined)
    return wrapText(safe, columns - labelWidth - 2).map(
      (line, i): Row => [
        plain((i === 0 ? `  ${label}` : '').padEnd(labelWidth), muted),
        plain(line, isWarning ? warning : undefined),
      ],
    )
  })
  const ends: Row = [
    plain('  '),
    plain(' Write it ', isGoingBack ? strong : chosen),
    plain(' '),
    plain(' Go back ', isGoingBack ? chosen : strong),
  ]
  return { rows: [...fitted(rows, Math.max(0, room - 2), columns), [], ends] }
}

/** What has no room is at least counted: nobody should confirm what they do not know to be there. */
function fitted(rows: readonly Row[], room: number, columns: number): readonly Row[] {
  if (rows.length <= room || room === 0) return rows.slice(0, room)
  const shown = rows.slice(0, room - 1)
  return [...shown, cutRow([plain(`  … ${rows.length - shown.length} more: make the window higher`, warning)], columns)]
}

/** What is wrong, what is under way. */
function tellRows({ wizard, isLeaving }: Sheet, columns: number): Row[] {
  if (isLeaving) return indented('ctrl+c again leaves; nothing has been written.', columns, warning)
  const { problem, trial } = wizard
  if (trial) return indented(`Trying it at ${tryingAt[trial.of]}… (esc takes it back)`, columns, muted)
  if (!problem) return []
  return [
    ...indented(`✗ ${oneLine(problem.text)}`, columns, danger),
    ...(problem.remedy === undefined ? [] : indented(oneLine(problem.remedy), columns, muted)),
  ]
}

const tryingAt = { model: 'the service', telegram: 'Telegram', tailscale: 'Tailscale' } as const

function footRow(sheet: Sheet, columns: number): Row {
  const field = fieldOf(sheet)
  const key = (chord: string, title: string): Row => [plain(chord, strong), plain(` ${title}`, muted)]
  const isTold = hasFilter(sheet) && columns >= wideColumns
  const keys = [
    ...(field === 'choice' ? [key('↑↓', isTold ? 'choose, or type to filter' : 'choose')] : []),
    ...(field === 'summary' ? [key('←→', 'choose')] : []),
    key('enter', field === 'summary' ? 'do it' : 'next'),
    ...(sheet.wizard.at === 'role' ? [] : [key('esc', 'back')]),
    key('ctrl+c', 'leave'),
  ]
  const row = joinFitting(keys, columns - 2, plain(' · ', muted))
  return [plain('  '), ...row, plain(' '.repeat(Math.max(0, columns - 2 - rowWidth(row))))]
}
