/**
 * Rows drawn past Ink. Ink splits every visible row into styled characters on every frame, about 3 ms for a full screen
 * (bench/tui-frame.ts), which a streamed answer would pay thirty times a second. So the transcript's box stays blank in
 * Ink, and its rows are put on the screen here, only those that changed, in the same write as Ink's frame. So are other
 * rows whose width terminals disagree about: what changed in them must be drawn from their first column on.
 *
 * Ink moves its cursor relatively and must find it where it left it: we save and restore it. Where Ink has written is
 * learned from its bytes, so a row that it blanked late, after a change of layout, is drawn again.
 */

import { graphemes, graphemeWidth, isDisputed } from '../layout/width.ts'

/** What is to show: painted rows, each at most as wide as the screen, from screen row `top` (0 is the first). */
export type BodyRows = { readonly top: number; readonly lines: readonly string[] }

/** Where one writes, from 0, the column as we count it. */
export type Caret = { readonly row: number; readonly column: number }

export class Body {
  readonly #wanted = new Map<object, BodyRows>()
  /** What each screen row that is ours holds. A row that Ink touched is not in here. */
  readonly #shown = new Map<number, string>()
  #inkRow = 0
  #caret: Caret | undefined

  /** No two owners have a row in common. */
  show(owner: object, rows: BodyRows): void {
    if (rows.lines.length === 0) this.#wanted.delete(owner)
    else this.#wanted.set(owner, rows)
  }

  /** The screen was erased, or is another one: nothing of ours is on it, and the cursor is at home. */
  forget(): void {
    this.#shown.clear()
    this.#inkRow = 0
  }

  /** Blanks the rows that are no longer ours. Goes before Ink's bytes: Ink believes these rows to be blank. */
  clearing(): string {
    let text = ''
    for (const row of this.#shown.keys()) {
      if (this.#isWanted(row)) continue
      this.#shown.delete(row)
      text += drawRow(row, '')
    }
    return text === '' ? '' : keepCursor(text)
  }

  /** The rows that are not as wanted. Goes after Ink's bytes. */
  painting(): string {
    let text = ''
    for (const rows of this.#wanted.values()) text += this.#scroll(rows) + this.#draw(rows)
    return text === '' ? '' : keepCursor(text)
  }

  setCaret(caret: Caret | undefined): void {
    this.#caret = caret
  }

  /**
   * In a row whose width terminals disagree about, what is before the caret is written once more: then it stands where the
   * terminal has drawn that. Goes last. Ink goes from row to row relatively, to columns absolutely.
   */
  placing(): string {
    const line = this.#caret && this.#shown.get(this.#caret.row)
    if (!this.#caret || line === undefined || !isDisputed(line)) return ''
    const { row, column } = this.#caret
    return `\x1b[${row + 1};1H${upTo(line, column)}\x1b[0m`
  }

  /** Follows Ink's cursor through its bytes, on a screen of this many rows. */
  track(text: string, rows: number): void {
    for (const [part, parameter = '', final] of text.matchAll(inkBytes)) {
      const count = Number.parseInt(parameter, 10) || 1
      if (part === '\n') this.#inkRow += 1
      else if (final === undefined) this.#shown.delete(this.#inkRow)
      else if (final === 'A' || final === 'F') this.#inkRow -= count
      else if (final === 'B' || final === 'E') this.#inkRow += count
      else if (final === 'H') this.#inkRow = count - 1
      else if (final === 'K') this.#shown.delete(this.#inkRow)
      else if (final === 'J') this.#eraseFrom(parameter === '' ? this.#inkRow : 0)
      this.#inkRow = Math.max(0, Math.min(rows - 1, this.#inkRow))
    }
  }

  /** Where most rows only moved, the terminal moves them: a new row costs its own bytes and not a screenful. */
  #scroll({ top, lines }: BodyRows): string {
    const shown = lines.map((_, index) => this.#shown.get(top + index))
    const shift = findShift(shown, lines)
    if (shift === 0) return ''
    for (const index of lines.keys()) {
      const moved = shown[index + shift]
      if (moved === undefined) this.#shown.delete(top + index)
      else this.#shown.set(top + index, moved)
    }
    return `\x1b[${top + 1};${top + lines.length}r\x1b[${Math.abs(shift)}${shift > 0 ? 'S' : 'T'}\x1b[r`
  }

  #draw({ top, lines }: BodyRows): string {
    let text = ''
    for (const [index, line] of lines.entries()) {
      if (this.#shown.get(top + index) === line) continue
      this.#shown.set(top + index, line)
      text += drawRow(top + index, line)
    }
    return text
  }

  #isWanted(row: number): boolean {
    return [...this.#wanted.values()].some(({ top, lines }) => row >= top && row < top + lines.length)
  }

  #eraseFrom(first: number): void {
    for (const row of this.#shown.keys()) if (row >= first) this.#shown.delete(row)
  }
}

/** Furthest move worth looking for, in rows. */
const maxShift = 10

/** By how many rows the shown ones moved up (down when negative) to become the wanted ones; 0 when that saves little. */
function findShift(shown: readonly (string | undefined)[], wanted: readonly string[]): number {
  const matches = (shift: number): number => {
    let count = 0
    for (let index = 0; index < wanted.length; index++)
      if (wanted[index] !== '' && shown[index + shift] === wanted[index]) count += 1
    return count
  }
  const still = matches(0)
  // Most frames of a streamed reply change its last row or two: then there is nothing to save.
  if (still >= wanted.filter((line) => line !== '').length - 2) return 0
  let best = 0
  let most = Math.max(still, wanted.length / 2)
  for (let shift = -maxShift; shift <= maxShift; shift++) {
    const count = shift === 0 ? 0 : matches(shift)
    if (count > most) {
      best = shift
      most = count
    }
  }
  return best
}

/** A CSI sequence, a line feed, or a run of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it reads terminal sequences
const inkBytes = /\x1b\[([?\d;]*)([A-Za-z])|\n|[^\x1b\n]+/g

/** A painted line up to a column, as we count it. */
function upTo(line: string, column: number): string {
  let text = ''
  let width = 0
  for (const [part, sgr] of line.matchAll(paintedParts)) {
    if (sgr !== undefined) text += part
    else {
      for (const grapheme of graphemes(part)) {
        width += graphemeWidth(grapheme)
        if (width > column) return text
        text += grapheme
      }
    }
  }
  return text
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it reads terminal sequences
const paintedParts = /(\x1b\[[\d;]*m)|[^\x1b]+/g

/** Erased first: behind a full row the cursor still stands on its last cell, and erasing then would take that. */
const drawRow = (row: number, line: string): string => `\x1b[${row + 1};1H\x1b[2K${line}`

const keepCursor = (text: string): string => `\x1b7${text}\x1b8`
