/** The root: shows the picture, and puts the terminal's own cursor where one writes, which input methods follow. */

import { Box, useCursor } from 'ink'
import { useSyncExternalStore } from 'react'
import type { Picture } from './components/picture.ts'
import { Rows } from './components/rows.tsx'
import { BodyRows } from './terminal/body-rows.tsx'

/** Streamed words change the body alone, and time the status: both are drawn past React and Ink. */
export function App({ picture }: { picture: Picture }) {
  const { above, below, footer, bodyRows, statusRows, cursor } = useSyncExternalStore(
    picture.subscribe,
    picture.surround,
  )
  const { setCursorPosition } = useCursor()
  setCursorPosition(cursor && { x: cursor.column, y: cursor.row })
  return (
    <Box flexDirection="column">
      <Rows lines={above} />
      <BodyRows top={above.length} height={bodyRows} source={picture.body} />
      <Rows lines={below} />
      <BodyRows top={above.length + bodyRows + below.length} height={statusRows} source={picture.status} />
      <Rows lines={footer} />
    </Box>
  )
}
