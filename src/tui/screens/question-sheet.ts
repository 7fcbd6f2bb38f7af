/**
 * A question that a connection has for the person: is this the right server, a passphrase, a password, what the server
 * asks in its own words. Whatever comes from elsewhere is escaped; what is typed shows as dots. Pure.
 */

import type { Question, ServerQuestion } from '../../tunnel/prompts.ts'
import { cutRow, rowWidth } from '../layout/fit.ts'
import { accentStrong, chosen, danger, muted, strong } from '../layout/items/styles.ts'
import { oneLine, showControls } from '../layout/sanitize.ts'
import { plain, type Row } from '../layout/span.ts'
import { textWidth } from '../layout/width.ts'
import { wrapText } from '../layout/wrap.ts'
import { type Asked, type AskedField, questionTitle } from '../store/question.ts'
import { askingTitle } from './panel-title.ts'

export type QuestionSheet = { rows: Row[]; cursor?: { row: number; column: number } }

/** At most `maxRows` rows: what must be answered is always among them, the explanations give way. */
export function questionSheet(asked: Asked, columns: number, maxRows: number): QuestionSheet {
  const { question, fields, focus, more } = asked
  const title = askingTitle(questionTitle(question), more > 0 ? `1 of ${more + 1}` : '', columns)
  const width = Math.max(1, columns - 4)
  const facts = asked.isChecking ? [checkingRow] : factRows(question, width)
  if (fields.length === 0) {
    const rows = [title, ...facts.slice(0, Math.max(1, maxRows - 2)), choiceRow(asked.isYes)]
    return { rows: rows.map((row) => cutRow(row, columns)) }
  }
  const room = Math.max(1, maxRows - 1)
  const top = Math.max(0, Math.min(focus, fields.length - room))
  const shown = fields.slice(top, top + room).map((field) => fieldRow(field, columns))
  const factRoom = Math.max(0, room - shown.length)
  const rows = [title, ...facts.slice(0, factRoom), ...shown.map(({ row }) => row)]
  const at = 1 + Math.min(facts.length, factRoom) + focus - top
  return { rows, cursor: { row: at, column: shown[focus - top]?.caret ?? 0 } }
}

const checkingRow: Row = [plain('  '), plain('Your answer is being checked…', muted)]

function factRows(question: Question, width: number): Row[] {
  const lines = (text: string, style = muted): Row[] =>
    wrapText(showControls(text).replaceAll('\n', ' '), width).map((line) => [plain('  '), plain(line, style)])
  switch (question.kind) {
    case 'host-key':
      return [
        cutRow([...(lines(question.host, strong)[0] ?? []), plain(`  ${oneLine(question.keyType)}`, muted)], width + 2),
        // Whole in the lowest window: it is what one compares.
        ...hard(question.fingerprint, width).map((line): Row => [plain('  '), plain(line, strong)]),
        ...lines('This key is not known yet. Compare it with what the owner of the server told you.'),
        ...lines(`A yes adds it to ${question.knownHostsPath}`),
      ]
    case 'passphrase':
      return [...lines(question.keyPath, strong), ...again(question.attempt)]
    case 'password':
      return [...lines(question.account, strong), ...again(question.attempt)]
    case 'server':
      return serverRows(question, lines)
    case 'gateway-secret':
      return lines(`of the profile ${question.profile}`, strong)
    case 'pair-code':
      return [
        ...lines(`as ${question.fingerprint}`, strong),
        ...again(question.attempt),
        ...lines('Somebody who may pair approves it, or you type the code that clawdbot devices pair shows there.'),
      ]
  }
}

function serverRows(
  { account, title, instructions }: ServerQuestion,
  lines: (text: string, style?: typeof strong) => Row[],
): Row[] {
  const told = [title, ...instructions.split('\n')].filter((line) => line.trim() !== '')
  return [...lines(account, strong), ...told.flatMap((line) => lines(line))]
}

const again = (attempt: number): Row[] =>
  attempt > 1 ? [[plain('  '), plain(`That was not it. Try ${attempt} of 3.`, danger)]] : []

function hard(text: string, width: number): string[] {
  const safe = showControls(text)
  return Array.from({ length: Math.ceil(safe.length / width) }, (_, row) => safe.slice(row * width, (row + 1) * width))
}

/** The label gives way to what is typed, of which the end shows. */
function fieldRow({ label, shown }: AskedField, columns: number): { row: Row; caret: number } {
  const text = showControls(label).replace(/\s+/g, ' ').trim().replace(/:$/, '')
  const name = cutRow([plain('  '), plain(text, accentStrong), plain(': ', accentStrong)], Math.floor(columns * 0.6))
  const room = Math.max(1, columns - rowWidth(name) - 1)
  let typed = showControls(shown)
  while (textWidth(typed) > room) typed = typed.slice(1)
  return { row: [...name, plain(typed)], caret: rowWidth(name) + textWidth(typed) }
}

function choiceRow(isYes: boolean): Row {
  return [plain('  '), plain(' No ', isYes ? danger : chosen), plain(' '), plain(' Yes ', isYes ? chosen : strong)]
}
