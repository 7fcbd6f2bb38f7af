/**
 * Which rows of a long transcript show. A height index answers in O(log n) where an item begins and which item a row
 * belongs to; an anchor says where the reader is, so that text arriving elsewhere never moves what is being read.
 */

/** Heights of items in rows, with prefix sums kept in a Fenwick tree. Changing or adding one item costs O(log n). */
export class HeightIndex {
  #heights: number[] = []
  #tree: number[] = [0]

  constructor(heights: readonly number[] = []) {
    this.reset(heights)
  }

  /** Items counted. */
  get length(): number {
    return this.#heights.length
  }

  /** Rows of all items. */
  get total(): number {
    return this.start(this.length)
  }

  /** All heights anew, in O(n): for another width, or older items in front. */
  reset(heights: readonly number[]): void {
    this.#heights = [...heights]
    this.#tree = [0, ...heights]
    for (let at = 1; at < this.#tree.length; at++) {
      const parent = at + (at & -at)
      if (parent < this.#tree.length) this.#tree[parent] = this.#node(parent) + this.#node(at)
    }
  }

  push(height: number): void {
    this.#heights.push(height)
    const at = this.#heights.length
    this.#tree.push(this.start(at - 1) + height - this.start(at - (at & -at)))
  }

  height(item: number): number {
    return this.#heights[item] ?? 0
  }

  set(item: number, height: number): void {
    const change = height - this.height(item)
    if (item < 0 || item >= this.length || change === 0) return
    this.#heights[item] = height
    for (let at = item + 1; at < this.#tree.length; at += at & -at) this.#tree[at] = this.#node(at) + change
  }

  /** The row at which an item begins: the heights of all before it. */
  start(item: number): number {
    let rows = 0
    for (let at = Math.min(item, this.length); at > 0; at -= at & -at) rows += this.#node(at)
    return rows
  }

  /** The item that holds a row, and which of its rows. Past the end: the last item, one row too far or more. */
  find(row: number): { item: number; row: number } {
    let at = 0
    let left = Math.max(0, row)
    for (let step = 2 ** Math.floor(Math.log2(Math.max(1, this.length))); step >= 1; step /= 2) {
      const next = at + step
      if (next < this.#tree.length && this.#node(next) <= left) {
        at = next
        left -= this.#node(next)
      }
    }
    if (at < this.length) return { item: at, row: left }
    const last = Math.max(0, this.length - 1)
    return { item: last, row: this.height(last) + left }
  }

  #node(at: number): number {
    return this.#tree[at] ?? 0
  }
}

/** Where the reader is: at the end, following it, or with one row of one item at the top of the view. */
export type Anchor = { kind: 'bottom' } | { kind: 'row'; item: number; row: number }

/** Part of an item that shows: its rows `from` up to, not including, `to`. */
export type Slice = { readonly item: number; readonly from: number; readonly to: number }

/** What shows. `blankRows` are left over below a transcript shorter than the view; `rowsBelow` are hidden under it. */
export type View = { slices: Slice[]; topRow: number; blankRows: number; rowsBelow: number; rowsAbove: number }

/** The rows that show in a view of this many rows. */
export function viewAt(index: HeightIndex, anchor: Anchor, viewRows: number): View {
  const topRow = topOf(index, anchor, viewRows)
  const slices: Slice[] = []
  let left = viewRows
  let { item, row } = index.find(topRow)
  while (left > 0 && item < index.length) {
    const to = Math.min(index.height(item), row + left)
    if (to > row) slices.push({ item, from: row, to })
    left -= Math.max(0, to - row)
    item += 1
    row = 0
  }
  return { slices, topRow, blankRows: left, rowsAbove: topRow, rowsBelow: Math.max(0, index.total - topRow - viewRows) }
}

/** The anchor after scrolling by rows, down being positive. Reaching the last row means following again. */
export function scrollBy(index: HeightIndex, anchor: Anchor, rows: number, viewRows: number): Anchor {
  const bottom = Math.max(0, index.total - viewRows)
  const top = Math.min(bottom, Math.max(0, topOf(index, anchor, viewRows) + rows))
  return top >= bottom && rows >= 0 ? { kind: 'bottom' } : { kind: 'row', ...index.find(top) }
}

/** The anchor that shows an item, at the top of the view if there is enough below it. */
export function scrollTo(item: number, row = 0): Anchor {
  return { kind: 'row', item, row }
}

/** The anchor when `count` older items were put in front: the same row of the same item. */
export function shiftAnchor(anchor: Anchor, count: number): Anchor {
  return anchor.kind === 'bottom' ? anchor : { ...anchor, item: anchor.item + count }
}

function topOf(index: HeightIndex, anchor: Anchor, viewRows: number): number {
  const bottom = Math.max(0, index.total - viewRows)
  if (anchor.kind === 'bottom') return bottom
  const lastRow = Math.max(0, index.height(anchor.item) - 1)
  return Math.min(bottom, index.start(anchor.item) + Math.min(anchor.row, lastRow))
}
