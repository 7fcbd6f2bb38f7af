/** The root: shows the picture, and puts the terminal's own cursor where one writes, which input methods follow. */

import { Box, useCursor } from 'ink'
import { useSyncExternalStore } from 'react'
import type { Picture } from './components/picture.ts'
import { Rows } from './components/rows.tsx'
import { BodyRows, useCaret } from './terminal/body-rows.tsx'

/** Streamed words change the body alone, and time the status: both are drawn past React and Ink. */
export function App({ picture }: { picture: Picture }) {
  const { above, below, footer, bodyRows, statusRows, cursor } = useSyncExternalStore(
    picture.subscribe,
    picture.surround,
  )
  const { setCursorPosition } = useCursor()
  setCursorPosition(cursor && { x: cursor.column, y: cursor.row })
  useCaret(cursor)
  const bodyEnd = above.length + bodyRows
  const statusTop = bodyEnd + below.length
  return (
    <Box flexDirection="column">
      <Rows top={0} lines={above} />
      <BodyRows top={above.length} height={bodyRows} source={picture.body} />
      <Rows top={bodyEnd} lines={below} />
      <BodyRows top={statusTop} height={statusRows} source={picture.status} />
      <Rows top={statusTop + statusRows} lines={footer} />
    </Box>
  )
}
