/** The lines of the screen: one slot for each row, so that a changed line updates its text and creates nothing. */

import { Box, Text } from 'ink'
import { memo } from 'react'

/** More than any terminal has. */
const slots = Array.from({ length: 1_000 }, (_, row) => `row-${row}`)

export function Rows({ lines }: { lines: readonly string[] }) {
  return (
    <Box flexDirection="column" height={lines.length}>
      {slots.slice(0, lines.length).map((slot, row) => (
        <Line key={slot} text={lines[row] ?? ''} />
      ))}
    </Box>
  )
}

/** An empty text has no height in Ink; a space has. */
const Line = memo(function Line({ text }: { text: string }) {
  return <Text wrap="truncate">{text === '' ? ' ' : text}</Text>
})
