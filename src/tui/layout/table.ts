/** Markdown tables: side by side while the columns fit (wrapping inside cells if need be), else one cell per row. */
import type { Tokens } from 'marked'
import { inlineSpans } from './inline.ts'
import { plain, type Row, rowText, type Span, type Style } from './span.ts'
import { textWidth } from './width.ts'
import { wrapSpans } from './wrap.ts'

const headStyle: Style = { bold: true }
const ruleStyle: Style = { color: 'border' }
const gap = ' │ '

/** A column narrower than this, unless it needs no more, is not worth reading. */
const minColumn = 8

export function layoutTable(table: Tokens.Table, width: number): Row[] {
  const head = table.header.map((cell) => inlineSpans(cell.tokens, headStyle))
  const body = table.rows.map((row) => row.map((cell) => inlineSpans(cell.tokens)))
  const natural = head.map((_, column) => Math.max(...[head, ...body].map((row) => cellWidth(row[column]))))
  const widths = fitColumns(natural, width - gap.length * (natural.length - 1))
  if (widths === undefined) return stackedRows(head, body, width)
  const rule = plain(widths.map((cells) => '─'.repeat(cells)).join('─┼─'), ruleStyle)
  return [
    ...tableRows(head, widths, table.align),
    [rule],
    ...body.flatMap((row) => tableRows(row, widths, table.align)),
  ]
}

const cellWidth = (cell: Span[] | undefined): number => textWidth(rowText(cell ?? []))

/** Widths that add up to the room there is, taken from the widest first. Undefined when it cannot be done decently. */
function fitColumns(natural: readonly number[], room: number): number[] | undefined {
  const least = natural.map((cells) => Math.min(cells, minColumn))
  if (sum(least) > room) return undefined
  const widths = [...natural].map((cells) => Math.max(1, cells))
  for (let excess = sum(widths) - room; excess > 0; excess = sum(widths) - room) {
    const widest = Math.max(...widths)
    const next = Math.max(minColumn, ...widths.filter((cells) => cells < widest))
    const atWidest = widths.flatMap((cells, index) => (cells === widest ? [index] : []))
    const step = Math.max(1, Math.min(widest - next, Math.ceil(excess / atWidest.length)))
    let left = excess
    for (const index of atWidest) {
      const cut = Math.min(step, left)
      widths[index] = widest - cut
      left -= cut
    }
  }
  return widths
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function tableRows(cells: readonly Span[][], widths: readonly number[], align: Tokens.Table['align']): Row[] {
  const wrapped = widths.map((cellsWide, column) => wrapSpans(cells[column] ?? [], cellsWide))
  const height = Math.max(...wrapped.map((rows) => rows.length))
  return Array.from({ length: height }, (_, line) =>
    widths.flatMap((cellsWide, column) => {
      const row = pad(wrapped[column]?.[line] ?? [], cellsWide, align[column] ?? null, column === widths.length - 1)
      return column === 0 ? row : [plain(gap, ruleStyle), ...row]
    }),
  )
}

function pad(row: Row, width: number, align: Tokens.Table['align'][number], isLast: boolean): Span[] {
  const free = Math.max(0, width - textWidth(rowText(row)))
  const left = align === 'right' ? free : align === 'center' ? Math.floor(free / 2) : 0
  const right = isLast ? 0 : free - left
  return [...(left > 0 ? [plain(' '.repeat(left))] : []), ...row, ...(right > 0 ? [plain(' '.repeat(right))] : [])]
}

function stackedRows(head: readonly Span[][], body: readonly Span[][][], width: number): Row[] {
  return body.flatMap((row, index) => [
    ...(index > 0 ? [[plain('─'.repeat(Math.min(width, 12)), ruleStyle)]] : []),
    ...row.flatMap((cell, column) => wrapSpans([...(head[column] ?? []), plain(': ', headStyle), ...cell], width)),
  ])
}
