/** Finding words among rows, also where a row ends in the middle of them. Pure. */

import { type Row, rowText } from './span.ts'

/** The row in which the first occurrence of `words` begins, in any case; undefined when they are on none. */
export function rowWith(rows: readonly Row[], words: string): number | undefined {
  const pattern = acrossRows(words)
  if (pattern === undefined) return undefined
  const text = rows.map(rowText).join('\n')
  const at = text.search(pattern)
  return at < 0 ? undefined : text.slice(0, at).split('\n').length - 1
}

/** What may come between two characters: the end of a row with the indent or the bar of the next one. */
const rowEnd = '(?:\\n[ │]*)?'

function acrossRows(words: string): RegExp | undefined {
  const parts = words.trim().split(/\s+/).filter(Boolean)
  if (parts.length === 0) return undefined
  const escaped = parts.map((part) => Array.from(part, (sign) => sign.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')))
  return new RegExp(escaped.map((signs) => signs.join(rowEnd)).join('[\\s│]+'), 'iu')
}
