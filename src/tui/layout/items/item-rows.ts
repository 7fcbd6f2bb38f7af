/** One transcript item as rows. What was laid out once is found again until the item, the width or its folding changes. */

import { cutOff } from '../../../shared/model/cut-off.ts'
import type { Item, QuestionItem, ReplyItem, ThoughtItem } from '../../store/item.ts'
import {
  appendMarkdown,
  emptyMarkdown,
  finishMarkdown,
  type Markdown,
  markdownRows,
  parseMarkdown,
} from '../markdown.ts'
import { oneLine, showControls } from '../sanitize.ts'
import { plain, type Row } from '../span.ts'
import { truncate } from '../width.ts'
import { wrapText } from '../wrap.ts'
import { accent, danger, muted, thought, userMark, warning } from './styles.ts'
import { toolRows } from './tool-card.ts'

export type ItemLook = {
  readonly width: number
  readonly isOpen: boolean
  /** The machine of calls that do not tell theirs, such as those that never ran. */
  readonly here: string
}

/** Longest row of prose, in columns: longer ones are hard to read. */
const maxProse = 110

export class ItemLayout {
  readonly #rows = new WeakMap<Item, { look: ItemLook; rows: readonly Row[] }>()
  /** Replies being written, by item id: each piece costs what is new of it. */
  readonly #streams = new Map<string, { text: string; markdown: Markdown }>()

  rows(item: Item, look: ItemLook): readonly Row[] {
    const found = this.#rows.get(item)
    if (found && isSameLook(found.look, look)) return found.rows
    const rows = this.#layOut(item, look)
    this.#rows.set(item, { look, rows })
    return rows
  }

  #layOut(item: Item, look: ItemLook): Row[] {
    switch (item.kind) {
      case 'question':
        return questionRows(item, look.width)
      case 'reply':
        return [...markdownRows(this.#markdown(item), Math.min(look.width, maxProse)), ...endingRows(item, look.width)]
      case 'thought':
        return thoughtRows(item, look)
      case 'tool':
        return toolRows(item, look.width, look.isOpen, look.here)
      case 'note':
        return wrapText(showControls(item.text), look.width).map((line) => [
          plain(line, item.tone === 'danger' ? danger : muted),
        ])
    }
  }

  #markdown(item: ReplyItem): Markdown {
    const { id, text } = item
    const stream = this.#streams.get(id)
    if (item.ending !== 'open') {
      this.#streams.delete(id)
      return stream?.text === text ? finishMarkdown(stream.markdown) : parseMarkdown(text)
    }
    const known = stream && text.startsWith(stream.text) ? stream : { text: '', markdown: emptyMarkdown }
    const markdown = appendMarkdown(known.markdown, text.slice(known.text.length))
    this.#streams.set(id, { text, markdown })
    return markdown
  }
}

function isSameLook(a: ItemLook, b: ItemLook): boolean {
  return a.width === b.width && a.isOpen === b.isOpen && a.here === b.here
}

function questionRows(item: QuestionItem, width: number): Row[] {
  const lines = wrapText(showControls(item.text.trim()), Math.max(1, Math.min(width, maxProse) - 2))
  const rows = lines.map(
    (line, index): Row => [plain(index === 0 ? '› ' : '  ', userMark), plain(line, { color: 'user' })],
  )
  if (item.origin) {
    const { name, channel } = item.origin
    rows.unshift([plain(truncate(`${oneLine(name)} · ${oneLine(channel)}`, width), muted)])
  }
  if (item.delivery === 'refused') {
    rows.push(
      ...wrapText(`Not sent. ${item.problem ?? ''}`.trim(), Math.max(1, width - 2)).map(
        (line): Row => [plain('  '), plain(line, danger)],
      ),
    )
  }
  return rows
}

function endingRows(item: ReplyItem, width: number): Row[] {
  const say = (text: string, style: typeof muted) =>
    wrapText(showControls(text), Math.max(1, width)).map((line): Row => [plain(line, style)])
  const problem = item.problem ?? ''
  switch (item.ending) {
    case 'stopped':
      return say(`■ Stopped. ${problem}`.trim(), muted)
    case 'interrupted':
      return say(`■ Interrupted: the gateway stopped while this was being written. ${problem}`.trim(), warning)
    case 'cut':
      return say(`■ ${cutOff}`, warning)
    case 'failed':
      return say(`✗ ${problem || 'The reply failed.'}`, danger)
    default:
      return []
  }
}

function thoughtRows(item: ThoughtItem, { width, isOpen }: ItemLook): Row[] {
  const lines = wrapText(showControls(item.text.trim()), Math.max(1, Math.min(width, maxProse) - 2))
  const head: Row = [plain(isOpen ? '▾ ' : '▸ ', accent), plain(item.isOpen ? 'thinking' : 'thought', thought)]
  if (isOpen) return [head, ...lines.map((line): Row => [plain('  '), plain(line, thought)])]
  // Folded, the last words show that something is going on; afterwards the first tell what it was about.
  const line = (item.isOpen ? lines.at(-1) : lines[0]) ?? ''
  return [[...head, plain(`  ${line}`, muted)]]
}
