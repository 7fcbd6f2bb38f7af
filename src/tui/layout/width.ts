/** How many cells text takes: one width function for layout, editor and Ink (string-width, the major that Ink uses). */
import stringWidth from 'string-width'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const isPlain = /^[\x20-\x7e]*$/

/** Widths already asked for. Measuring one emoji takes microseconds, and a transcript repeats a few hundred clusters. */
const known = new Map<string, number>()
const maxKnown = 8_192

/** Cells that the text takes on one row. Tabs and controls count nothing: expand or sanitize them before. */
export function textWidth(text: string): number {
  if (isPlain.test(text)) return text.length
  let width = 0
  for (const grapheme of graphemes(text)) width += graphemeWidth(grapheme)
  return width
}

/** Cells of one user-perceived character: 0, 1 or 2, more for a few exotic clusters. */
export function graphemeWidth(grapheme: string): number {
  if (grapheme.length === 1 && grapheme >= ' ' && grapheme <= '~') return 1
  const found = known.get(grapheme)
  if (found !== undefined) return found
  if (known.size >= maxKnown) known.clear()
  const width = stringWidth(grapheme)
  known.set(grapheme, width)
  return width
}

/** Marks, joiners, emoji, Thai and Lao am, parts of Korean syllables. */
const disputed =
  /[\p{M}\p{Emoji_Modifier}\p{Extended_Pictographic}\p{Regional_Indicator}\u0e33\u0eb3\u1100-\u11ff]|\u200c|\u200d/u

/** Does it hold anything of which terminals disagree how many cells it takes? */
export function isDisputed(text: string): boolean {
  return disputed.test(text)
}

/** The most cells a terminal may take for it: one that joins nothing and gives every spacing mark a cell. */
export function widestWidth(text: string): number {
  if (!isDisputed(text)) return textWidth(text)
  const apart = (grapheme: string): number =>
    Array.from(grapheme).reduce((sum, sign) => sum + (/\p{Mc}/u.test(sign) ? 1 : graphemeWidth(sign)), 0)
  return graphemes(text).reduce((sum, grapheme) => sum + Math.max(graphemeWidth(grapheme), apart(grapheme)), 0)
}

/** The user-perceived characters of a text (UAX #29 extended grapheme clusters). */
export function graphemes(text: string): string[] {
  if (isPlain.test(text)) return text.split('')
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** Tabs as spaces, up to the next multiple of `tabSize` columns, the text starting at `column`. */
export function expandTabs(text: string, column = 0, tabSize = 4): string {
  if (!text.includes('\t')) return text
  let out = ''
  let at = column
  for (const part of text.split(/(\t)/)) {
    const piece = part === '\t' ? ' '.repeat(tabSize - (at % tabSize)) : part
    out += piece
    at += textWidth(piece)
  }
  return out
}

/** The beginning of a text that fits, with `…` when something was left out. */
export function truncate(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  let out = ''
  let width = 0
  for (const grapheme of graphemes(text)) {
    width += graphemeWidth(grapheme)
    if (width > columns - 1) break
    out += grapheme
  }
  return columns > 0 ? `${out}…` : ''
}
