/** Where a caret goes: places in a text, as UTF-16 offsets that never fall inside a grapheme. */
import { isChip } from './chips.ts'

export type Motion = 'left' | 'right' | 'word-left' | 'word-right' | 'line-start' | 'line-end' | 'start' | 'end'

const graphemeSegmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const wordSegmenter = new Intl.Segmenter(undefined, { granularity: 'word' })

/** The place that a motion leads to. Words are those of the language (Japanese has no spaces between them). */
export function moveTo(text: string, caret: number, motion: Motion): number {
  switch (motion) {
    case 'left':
      return previousBoundary(text, caret)
    case 'right':
      return nextBoundary(text, caret)
    case 'word-left':
      return settle(text, wordLeft(text, caret))
    case 'word-right':
      return settle(text, wordRight(text, caret))
    case 'line-start':
      return lineStart(text, caret)
    case 'line-end':
      return lineEnd(text, caret)
    case 'start':
      return 0
    case 'end':
      return text.length
  }
}

const lineStart = (text: string, caret: number): number => (caret === 0 ? 0 : text.lastIndexOf('\n', caret - 1) + 1)

export function lineEnd(text: string, caret: number): number {
  const end = text.indexOf('\n', caret)
  return end < 0 ? text.length : end
}

/** The caret itself, or the end of the grapheme it would cut in two (after an edit that joined characters). */
export function settle(text: string, caret: number): number {
  const from = lineStart(text, caret)
  for (const at of boundaries(text, from, caret)) if (at >= caret) return at
  return Math.min(caret, text.length)
}

function previousBoundary(text: string, caret: number): number {
  const from = lineStart(text, caret)
  if (from === caret) return Math.max(0, caret - 1)
  let previous = from
  for (const at of boundaries(text, from, caret)) {
    if (at >= caret) break
    previous = at
  }
  return previous
}

function nextBoundary(text: string, caret: number): number {
  if (caret >= text.length) return text.length
  if (text[caret] === '\n') return caret + 1
  const from = lineStart(text, caret)
  for (const at of boundaries(text, from, caret)) if (at > caret) return at
  return text.length
}

/** Ends of graphemes of the line from `from`, beginning with `from`. Stops soon after `around` for plain ASCII. */
function* boundaries(text: string, from: number, around: number): Generator<number> {
  yield from
  const line = text.slice(from, lineEnd(text, around))
  if (/^[\x20-\x7e]*$/.test(line)) {
    yield* [around - 1, around, around + 1].filter((at) => at > from && at <= from + line.length)
    return
  }
  for (const { index, segment } of graphemeSegmenter.segment(line)) yield from + index + segment.length
}

function wordRight(text: string, caret: number): number {
  const end = lineEnd(text, caret)
  if (caret === end) return Math.min(text.length, caret + 1)
  for (const { index, segment, isWordLike } of wordSegmenter.segment(text.slice(caret, end))) {
    if (isWordLike || isWordless(segment)) return caret + index + segment.length
  }
  return end
}

function wordLeft(text: string, caret: number): number {
  const from = lineStart(text, caret)
  if (caret === from) return Math.max(0, caret - 1)
  let found = from
  for (const { index, segment, isWordLike } of wordSegmenter.segment(text.slice(from, caret))) {
    if (isWordLike || isWordless(segment)) found = from + index
  }
  return found
}

/** Chips and emoji are no words, but things one moves over one at a time. */
const isWordless = (segment: string): boolean => isChip(segment) || /\p{Extended_Pictographic}/u.test(segment)
