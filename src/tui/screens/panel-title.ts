/** The first row of a panel: its name in a rule, and something short at its end. Pure. */

import { cutRow } from '../layout/fit.ts'
import { border, muted, strong, warning } from '../layout/items/styles.ts'
import { plain, type Row, type Style } from '../layout/span.ts'
import { textWidth } from '../layout/width.ts'

/** Rows that cover the conversation, and where one writes in them. */
export type Panel = { rows: Row[]; cursor?: { row: number; column: number } }

export const ruledTitle = (name: string, right: string, columns: number): Row =>
  titleRow([name, strong], [right, muted], columns)

/** The same over a question that waits for the person. */
export const askingTitle = (name: string, right: string, columns: number): Row =>
  titleRow([name, { color: 'warning', bold: true }], [right, warning], columns)

function titleRow([name, style]: [string, Style], [right, rightStyle]: [string, Style], columns: number): Row {
  const title = ` ${name} `
  const tail = right === '' ? '' : ` ${right} `
  const fill = Math.max(0, columns - 3 - textWidth(title) - textWidth(tail))
  return cutRow(
    [
      plain('──', border),
      plain(title, style),
      plain('─'.repeat(fill), border),
      plain(tail, rightStyle),
      plain('─', border),
    ],
    columns,
  )
}
