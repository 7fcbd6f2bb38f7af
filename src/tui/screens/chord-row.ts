/** The last row while a chord waits for its next key: which ones there are. Pure. */

import { type Context, keymap, spellChord } from '../commands/keymap.ts'
import { rowWidth } from '../layout/fit.ts'
import { muted, strong, warning } from '../layout/items/styles.ts'
import { plain, type Row, type Span } from '../layout/span.ts'

/** `ctrl+x waits for another key  e g - a`, as many of them as there is room for. */
export function chordRow(pressed: readonly string[], contexts: readonly Context[], columns: number): Row {
  const head = [plain(spellChord(pressed.join(' ')), strong), plain(' waits for another key ', warning)]
  const next = nextKeys(pressed, contexts)
  const row: Span[] = [...head]
  for (const key of next) {
    const spans = [plain(' '), plain(key, strong)]
    if (rowWidth(row) + rowWidth(spans) > columns) break
    row.push(...spans)
  }
  const room = columns - rowWidth(row)
  return room >= 13 ? [...row, plain('  esc cancels', muted)] : row
}

function nextKeys(pressed: readonly string[], contexts: readonly Context[]): readonly string[] {
  const start = `${pressed.join(' ')} `
  return keymap.bindings
    .filter(({ when }) => when === 'always' || contexts.includes(when))
    .flatMap(({ keys }) => keys)
    .filter((chord) => chord.startsWith(start))
    .map((chord) => chord.slice(start.length))
}
