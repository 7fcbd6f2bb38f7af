/** The editor's text as rows at a width, and the caret's place in them. */
import { plain, type Row, type Style } from '../layout/span.ts'
import { graphemes, graphemeWidth, textWidth, truncate } from '../layout/width.ts'
import { type Range, wrapRanges } from '../layout/wrap.ts'
import { type Chips, chipLabel, isChip } from './chips.ts'

/** What the view needs of an editor. */
type Text = {
  readonly text: string
  readonly caret: number
  readonly chips: Chips
  readonly goalColumn?: number | undefined
}

export type EditorView = {
  readonly rows: readonly Row[]
  /** Where the cursor goes, from 0. The column is always inside the width. */
  readonly caret: { readonly row: number; readonly column: number }
}

const chipStyle: Style = { color: 'accent', inverse: true }
const tabText = '    '

export function editorView(editor: Text, width: number): EditorView {
  const ranges = rowRanges(editor, width)
  const row = caretRow(ranges, editor.caret)
  const rows = ranges.map((range) => drawRow(editor, range, width))
  return { rows, caret: { row, column: Math.min(columnOf(editor, ranges[row], width), Math.max(0, width - 1)) } }
}

/** Is there a row above or below the caret's? If not, the key may walk the history instead. */
export function canMoveRow(editor: Text, direction: 'up' | 'down', width: number): boolean {
  const ranges = rowRanges(editor, width)
  const target = caretRow(ranges, editor.caret) + (direction === 'up' ? -1 : 1)
  return target >= 0 && target < ranges.length
}

/** The caret one row up or down, as near the goal column as the row allows. */
export function moveRow(editor: Text, direction: 'up' | 'down', width: number): { caret: number; goalColumn: number } {
  const ranges = rowRanges(editor, width)
  const row = caretRow(ranges, editor.caret)
  const goalColumn = editor.goalColumn ?? columnOf(editor, ranges[row], width)
  const target = ranges[row + (direction === 'up' ? -1 : 1)]
  return { caret: target ? offsetAt(editor, target, goalColumn, width) : editor.caret, goalColumn }
}

/** The first row to show so that the caret's is among `height` rows, moving as little as can be. */
export function scrollTop(caretRow: number, rowCount: number, height: number, previousTop: number): number {
  const lowest = Math.max(0, rowCount - height)
  return Math.max(0, Math.min(previousTop, caretRow, lowest), caretRow - height + 1)
}

type RowRange = Range & { readonly isLineEnd: boolean }

/** Rows of all lines. A line that fills its last row gets one more while the caret stands at its end. */
function rowRanges({ text, caret, chips }: Text, width: number): RowRange[] {
  const rows: RowRange[] = []
  let start = 0
  for (const line of text.split('\n')) {
    const ranges = wrapRanges(line, Math.max(1, width), { spaces: 'keep', widthOf: cellsOf(chips, width) })
    for (const [index, { from, to }] of ranges.entries()) {
      rows.push({ from: start + from, to: start + to, isLineEnd: index === ranges.length - 1 })
    }
    const end = start + line.length
    const last = ranges.at(-1)
    if (caret === end && last && cells(line.slice(last.from, last.to), chips, width) >= width) {
      rows[rows.length - 1] = { ...(rows.at(-1) as RowRange), isLineEnd: false }
      rows.push({ from: end, to: end, isLineEnd: true })
    }
    start = end + 1
  }
  return rows
}

function caretRow(rows: readonly RowRange[], caret: number): number {
  const found = rows.findIndex(({ from, to, isLineEnd }) => caret >= from && (isLineEnd ? caret <= to : caret < to))
  return found < 0 ? rows.length - 1 : found
}

function columnOf({ text, caret, chips }: Text, row: RowRange | undefined, width: number): number {
  return row ? cells(text.slice(row.from, caret), chips, width) : 0
}

/** The last place of a row that is not right of the column. A wrapped row's very end belongs to the next row. */
function offsetAt({ text, chips }: Text, row: RowRange, column: number, width: number): number {
  const widthOf = cellsOf(chips, width)
  let at = row.from
  let reached = 0
  for (const grapheme of graphemes(text.slice(row.from, row.to))) {
    reached += widthOf(grapheme)
    const isEnd = at + grapheme.length === row.to && !row.isLineEnd
    if (reached > column || isEnd) break
    at += grapheme.length
  }
  return at
}

function cells(text: string, chips: Chips, width: number): number {
  const widthOf = cellsOf(chips, width)
  return graphemes(text).reduce((sum, grapheme) => sum + widthOf(grapheme), 0)
}

function cellsOf(chips: Chips, width: number): (grapheme: string) => number {
  return (grapheme) => {
    if (grapheme === '\t') return tabText.length
    return isChip(grapheme) ? textWidth(labelOf(grapheme, chips, width)) : graphemeWidth(grapheme)
  }
}

function labelOf(chip: string, chips: Chips, width: number): string {
  return truncate(chipLabel(chips.get(String.fromCodePoint(chip.codePointAt(0) ?? 0)) ?? ''), Math.max(1, width))
}

function drawRow({ text, chips }: Text, { from, to }: Range, width: number): Row {
  const drawn = text.slice(from, to).replaceAll('\t', tabText)
  return drawn
    .split(/([\u{10f000}-\u{10fffd}])/u)
    .filter((part) => part !== '')
    .map((part) => (isChip(part) ? plain(labelOf(part, chips, width), chipStyle) : plain(part)))
}
