/** Rows of an exact width: something on the left, something on the right, what does not fit left out. */

import { plain, type Row, type Span, type Style } from './span.ts'
import { textWidth, truncate, widestWidth } from './width.ts'
import { sliceSpans } from './wrap.ts'

export const rowWidth = (row: Row): number => row.reduce((sum, span) => sum + textWidth(span.text), 0)

/** The row cut to `columns`, ending in `…` when something was left out. */
export function cutRow(row: Row, columns: number): Row {
  if (rowWidth(row) <= columns) return row
  const text = row.map((span) => span.text).join('')
  const kept = truncate(text, columns)
  const to = kept.length - 1
  const ending = sliceSpans(row, { from: Math.max(0, to - 1), to }).at(-1)?.style
  return [...sliceSpans(row, { from: 0, to }), plain('…', ending)]
}

/**
 * `left` and `right` at the two ends. `right` stays whole; where there is no room for both, `left` is cut. What terminals
 * may draw wider than we count gets that much room, so that nothing is pushed over the edge.
 */
export function spread(left: Row, right: Row, columns: number, style?: Style): Row {
  const room = columns - widest(right)
  if (room <= 0) return cutRow(right, columns)
  const most = right.length > 0 ? room - 1 : room
  const shown = widest(left) <= most ? left : cutRow(left, Math.max(0, most - (widest(left) - rowWidth(left))))
  return [...shown, plain(' '.repeat(Math.max(0, room - widest(shown))), style), ...right]
}

const widest = (row: Row): number => row.reduce((sum, span) => sum + widestWidth(span.text), 0)

/** The row with spaces up to `columns`, for backgrounds. */
export function padRow(row: Row, columns: number, style?: Style): Row {
  const cut = cutRow(row, columns)
  const rest = columns - rowWidth(cut)
  return rest > 0 ? [...cut, plain(' '.repeat(rest), style)] : cut
}

/** Words with a quiet dot between, as many as fit, from the first. */
export function joinFitting(parts: readonly (Row | undefined)[], columns: number, separator: Span): Row {
  const row: Span[] = []
  for (const part of parts) {
    if (!part || part.length === 0) continue
    const next = row.length === 0 ? part : [separator, ...part]
    if (row.length > 0 && rowWidth(row) + rowWidth(next) > columns) break
    row.push(...next)
  }
  return cutRow(row, columns)
}
