/**
 * Wrapping: at spaces where there are some, between wide characters (with the usual Japanese line-start rule), through
 * the middle of what is longer than a row. Never through a grapheme.
 */
import type { Row, Span } from './span.ts'
import { expandTabs, graphemes, graphemeWidth, textWidth } from './width.ts'

/** One row: `text.slice(from, to)`. Spaces between `to` and the next row's `from` hang over the edge unseen. */
export type Range = { readonly from: number; readonly to: number }

export type WrapOptions = {
  /** `keep` gives every space a cell, as an editor needs; `hang` lets those at the break disappear. */
  spaces?: 'hang' | 'keep'
  /** Width of a grapheme, when some are drawn as something else. */
  widthOf?: (grapheme: string) => number
}

const isPlain = /^[\x20-\x7e]*$/

/** Never start a row with these: closing brackets, stops, small kana, the long-vowel mark (after JIS X 4051). */
const noRowStart = /^[、。，．・：；？！ー々〉》」』】〕）］｝ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ’”…]/
/** Never end a row with these. */
const noRowEnd = /^[〈《「『【〔（［｛‘“]/

/** The rows of one line (without line ends) at this width. At least one, and at least one grapheme in each. */
export function wrapRanges(text: string, width: number, options: WrapOptions = {}): Range[] {
  const { spaces = 'hang', widthOf = graphemeWidth } = options
  if (text.length <= width && options.widthOf === undefined && isPlain.test(text)) {
    return [{ from: 0, to: text.length }]
  }
  const rows: Range[] = []
  let from = 0
  let column = 0
  let cut = { at: -1, column: 0 }
  let hasWord = false
  let previous = ''
  let at = 0
  for (const grapheme of graphemes(text)) {
    const cells = widthOf(grapheme)
    const isSpace = grapheme === ' '
    const hangs = isSpace && spaces === 'hang' && hasWord && column + cells > width
    if (!isSpace && at > from && isBreakable(previous, grapheme)) cut = { at, column }
    while (column + cells > width && at > from && !hangs) {
      if (cut.at <= from) cut = { at, column }
      rows.push({ from, to: cut.at })
      from = cut.at
      column -= cut.column
      hasWord = from < at
    }
    if (!hangs) column += cells
    at += grapheme.length
    if (!isSpace) hasWord = true
    if (isSpace && hasWord) cut = { at, column }
    previous = grapheme
  }
  rows.push({ from, to: text.length })
  return spaces === 'keep' ? rows : rows.map((row) => trimEnd(text, row))
}

/** The rows of one line cut wherever the width ends, every space kept: for code. */
export function hardRanges(text: string, width: number): Range[] {
  if (text.length <= width && isPlain.test(text)) return [{ from: 0, to: text.length }]
  const rows: Range[] = []
  let from = 0
  let column = 0
  let at = 0
  for (const grapheme of graphemes(text)) {
    const cells = graphemeWidth(grapheme)
    if (column + cells > width && at > from) {
      rows.push({ from, to: at })
      from = at
      column = 0
    }
    column += cells
    at += grapheme.length
  }
  rows.push({ from, to: text.length })
  return rows
}

/** May a row end between these two, although there is no space? Only beside a wide character. */
function isBreakable(previous: string, next: string): boolean {
  if (previous === '' || previous === ' ') return false
  if (graphemeWidth(previous) < 2 && graphemeWidth(next) < 2) return false
  return !noRowStart.test(next) && !noRowEnd.test(previous)
}

function trimEnd(text: string, { from, to }: Range): Range {
  let end = to
  while (end > from && text[end - 1] === ' ') end--
  return { from, to: end }
}

/** Rows of plain text; its line ends are kept as row ends and its tabs expanded. */
export function wrapText(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => {
    const expanded = expandTabs(line)
    return wrapRanges(expanded, width).map(({ from, to }) => expanded.slice(from, to))
  })
}

/** Rows of styled text. A `\n` inside a span ends a row. */
export function wrapSpans(spans: readonly Span[], width: number): Row[] {
  return splitLines(spans).flatMap((line) => {
    const text = line.map((span) => span.text).join('')
    return wrapRanges(text, width).map((range) => sliceSpans(line, range))
  })
}

/** A piece of a row, by UTF-16 offsets. */
export function sliceSpans(spans: readonly Span[], { from, to }: Range): Row {
  const row: Span[] = []
  let start = 0
  for (const span of spans) {
    const end = start + span.text.length
    const text = span.text.slice(Math.max(0, from - start), Math.max(0, to - start))
    if (text !== '') row.push(text === span.text ? span : { ...span, text })
    start = end
    if (start >= to) break
  }
  return row
}

function splitLines(spans: readonly Span[]): Span[][] {
  const lines: Span[][] = [[]]
  let column = 0
  for (const span of spans) {
    for (const [index, part] of span.text.split('\n').entries()) {
      if (index > 0) {
        lines.push([])
        column = 0
      }
      const text = expandTabs(part, column)
      column += textWidth(text)
      if (text !== '') (lines.at(-1) as Span[]).push(text === span.text ? span : { ...span, text })
    }
  }
  return lines
}
