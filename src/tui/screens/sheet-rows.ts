/** The parts every sheet over the composer is put together of: facts by name, and choices beside each other. Pure. */

import { chosen, danger, muted, strong } from '../layout/items/styles.ts'
import { oneLine } from '../layout/sanitize.ts'
import { plain, type Row, type Style } from '../layout/span.ts'
import { truncate } from '../layout/width.ts'
import { wrapText } from '../layout/wrap.ts'

export const indent = (row: Row): Row => [plain('  '), ...row]

export type SheetFact = readonly [name: string, value: string | undefined, style: Style]

const usualNameWidth = 9

/** One row for each that is known; what comes from afar is escaped, and cut to the row. */
export const sheetFacts = (facts: readonly SheetFact[], columns: number, nameWidth = usualNameWidth): Row[] =>
  factRows(facts, columns, nameWidth, (text, width) => [truncate(text, width)])

/** The same, with as many rows as it takes to show all of each. */
export const wholeFacts = (facts: readonly SheetFact[], columns: number): Row[] =>
  factRows(facts, columns, usualNameWidth, wrapText)

function factRows(
  facts: readonly SheetFact[],
  columns: number,
  nameWidth: number,
  linesOf: (text: string, width: number) => readonly string[],
): Row[] {
  const width = Math.max(1, columns - 4 - nameWidth)
  return facts.flatMap(([name, value, style]) =>
    (value === undefined ? [] : linesOf(oneLine(value), width)).map((line, index): Row => {
      return [plain((index === 0 ? name : '').padEnd(nameWidth), muted), plain(line, style)]
    }),
  )
}

export type SheetChoice = { readonly label: string; readonly isChosen: boolean; readonly isRefusal: boolean }

export function choiceSpans(choices: readonly SheetChoice[]): Row {
  return choices.flatMap(({ label, isChosen, isRefusal }): Row => {
    return [plain(` ${label} `, isChosen ? chosen : isRefusal ? danger : strong), plain(' ')]
  })
}
