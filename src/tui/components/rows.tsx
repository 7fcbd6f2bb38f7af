/** The lines of the screen: one slot for each row, so that a changed line updates its text and creates nothing. */

import { Box, Text } from 'ink'
import { memo } from 'react'
import { isDisputed } from '../layout/width.ts'
import { useWholeRow } from '../terminal/body-rows.tsx'

/** More than any terminal has. */
const slots = Array.from({ length: 1_000 }, (_, row) => `row-${row}`)

/** `top` is the screen row of the first, from 0. */
export function Rows({ top, lines }: { top: number; lines: readonly string[] }) {
  return (
    <Box flexDirection="column" height={lines.length}>
      {slots.slice(0, lines.length).map((slot, row) => (
        <Line key={slot} row={top + row} text={lines[row] ?? ''} />
      ))}
    </Box>
  )
}

/**
 * Of a changed line Ink writes what is behind the first change, at the column it counts. Where the terminal counts another
 * one, the row is drawn whole, past Ink. An empty text has no height in Ink; a space has.
 */
const Line = memo(function Line({ row, text }: { row: number; text: string }) {
  const isWhole = useWholeRow(row, isDisputed(text) ? text : undefined)
  return <Text wrap="truncate">{isWhole || text === '' ? ' ' : text}</Text>
})
