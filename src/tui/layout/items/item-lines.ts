/** What an item shows as lines of plain text, wherever it wraps: for lists and for finding. What was read is found again. */

import type { Item } from '../../store/item.ts'
import { markdownRows, parseMarkdown } from '../markdown.ts'
import { showControls } from '../sanitize.ts'
import { rowText } from '../span.ts'
import { callLine, outputText } from './tool-card.ts'

/** Columns no line of prose reaches. */
const noWrap = 100_000

const known = new WeakMap<Item, readonly string[]>()

export function itemLines(item: Item): readonly string[] {
  const found = known.get(item)
  if (found) return found
  const lines = linesOf(item)
  known.set(item, lines)
  return lines
}

function linesOf(item: Item): readonly string[] {
  if (item.kind === 'tool') return [callLine(item), ...outputText(item).split('\n')]
  return item.kind === 'reply' ? markdownLines(item.text) : showControls(item.text).split('\n')
}

const markdownLines = (text: string): readonly string[] => markdownRows(parseMarkdown(text), noWrap).map(rowText)

/** Markdown as one line without its marks. */
export const plainLine = (markdown: string): string =>
  markdownLines(markdown)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')
