/** The first row of a panel: its name in a rule, and something short at its end. Pure. */

import { cutRow } from '../layout/fit.ts'
import { border, muted, strong } from '../layout/items/styles.ts'
import { plain, type Row } from '../layout/span.ts'
import { textWidth } from '../layout/width.ts'

/** Rows that cover the conversation, and where one writes in them. */
export type Panel = { rows: Row[]; cursor?: { row: number; column: number } }

export function ruledTitle(name: string, right: string, columns: number): Row {
  const title = ` ${name} `
  const tail = right === '' ? '' : ` ${right} `
  const fill = Math.max(0, columns - 3 - textWidth(title) - textWidth(tail))
  return cutRow(
    [
      plain('──', border),
      plain(title, strong),
      plain('─'.repeat(fill), border),
      plain(tail, muted),
      plain('─', border),
    ],
    columns,
  )
}
