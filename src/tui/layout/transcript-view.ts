/**
 * The rows of a conversation that show. Items far away are only estimated; those that come into view are laid out, and
 * the reader's place does not move when an estimate was wrong.
 */

import type { Item } from '../store/item.ts'
import { ItemLayout, type ItemLook } from './items/item-rows.ts'
import { rowWith } from './seek.ts'
import type { Row } from './span.ts'
import { type Anchor, HeightIndex, scrollBy, scrollTo, type View, viewAt } from './window.ts'

export type TranscriptLook = {
  readonly width: number
  readonly here: string
  readonly isOpen: (item: Item) => boolean
}

const blank: Row = []

/** What is looked for stands this far below the top of the view, with what leads to it. */
const rowsBefore = 1

export class TranscriptView {
  readonly #layout = new ItemLayout()
  readonly #index = new HeightIndex()
  #items: readonly Item[] = []
  #look: TranscriptLook = { width: 0, here: '', isOpen: () => false }
  /** Which heights are true; the others are estimates. */
  #measured: boolean[] = []

  /** Takes the conversation as it is now. Costs what changed. */
  update(items: readonly Item[], look: TranscriptLook): void {
    const isSameLook =
      look.width === this.#look.width && look.here === this.#look.here && look.isOpen === this.#look.isOpen
    if (items === this.#items && isSameLook) return
    const old = this.#items
    this.#items = items
    this.#look = look
    const kept = isSameLook ? commonLength(old, items) : 0
    if (kept === 0 || items.length < old.length) {
      this.#measured = items.map((_, index) => index < kept && this.#measured[index] === true)
      this.#index.reset(
        items.map((item, index) => (index < kept ? this.#index.height(index) : this.#estimate(item, index))),
      )
      return
    }
    for (let index = kept; index < items.length; index++) {
      const height = this.#estimate(items[index] as Item, index)
      if (index < old.length) this.#index.set(index, height)
      else this.#index.push(height)
      this.#measured[index] = false
    }
  }

  /** Exactly `height` rows. */
  rows(anchor: Anchor, height: number): { rows: Row[]; view: View } {
    const view = this.#settle(anchor, height)
    const rows = view.slices.flatMap(({ item, from, to }) => this.#itemRows(item).slice(from, to))
    while (rows.length < height) rows.push(blank)
    return { rows: rows.slice(0, height), view }
  }

  scroll(anchor: Anchor, by: number, height: number): Anchor {
    this.#settle(anchor, height)
    const next = scrollBy(this.#index, anchor, by, height)
    this.#settle(next, height)
    return next
  }

  /** The anchor that shows an item at the top, or the row of it that holds `words`; undefined when none does. */
  anchorOf(itemId: string, words?: string): Anchor | undefined {
    const item = this.#items.findIndex(({ id }) => id === itemId)
    if (item < 0 || words === undefined) return item < 0 ? undefined : scrollTo(item)
    const row = rowWith(this.#itemRows(item), words)
    return row === undefined ? undefined : scrollTo(item, Math.max(0, row - rowsBefore))
  }

  /** Lays out what shows, until what shows has only true heights. */
  #settle(anchor: Anchor, height: number): View {
    for (let round = 0; ; round++) {
      const view = viewAt(this.#index, anchor, height)
      const open = view.slices.filter(({ item }) => !this.#measured[item])
      if (open.length === 0 || round > 100) return view
      for (const { item } of open) this.#measure(item)
    }
  }

  #measure(index: number): void {
    this.#measured[index] = true
    this.#index.set(index, this.#itemRows(index).length)
  }

  #itemRows(index: number): readonly Row[] {
    const item = this.#items[index]
    if (!item) return []
    const look: ItemLook = { width: this.#look.width, here: this.#look.here, isOpen: this.#look.isOpen(item) }
    const rows = this.#layout.rows(item, look)
    return rows.length > 0 && this.#hasGap(index) ? [blank, ...rows] : rows
  }

  /** A blank row above, except at the top and between the calls of one step. */
  #hasGap(index: number): boolean {
    const before = this.#items[index - 1]
    const isQuiet = (item: Item | undefined) => item?.kind === 'tool' || item?.kind === 'thought'
    return before !== undefined && !(isQuiet(before) && isQuiet(this.#items[index]))
  }

  #estimate(item: Item, index: number): number {
    const text = 'text' in item ? item.text : item.output
    const width = Math.max(10, this.#look.width)
    const rows = item.kind === 'tool' ? 3 : Math.ceil(text.length / width) + countLines(text)
    return rows + (this.#hasGap(index) ? 1 : 0)
  }
}

function countLines(text: string): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

function commonLength(a: readonly Item[], b: readonly Item[]): number {
  const limit = Math.min(a.length, b.length)
  let at = 0
  while (at < limit && a[at] === b[at]) at++
  return at
}
