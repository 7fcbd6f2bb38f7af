/** The root: shows the picture, and puts the terminal's own cursor where one writes, which input methods follow. */

import { Box, useCursor } from 'ink'
import { useSyncExternalStore } from 'react'
import type { Picture } from './components/picture.ts'
import { Rows } from './components/rows.tsx'
import { BodyRows } from './terminal/body-rows.tsx'

/** Words that stream in change the body alone, which is drawn past React and Ink. */
export function App({ picture }: { picture: Picture }) {
  const { above, below, bodyRows, cursor } = useSyncExternalStore(picture.subscribe, picture.surround)
  const { setCursorPosition } = useCursor()
  setCursorPosition(cursor && { x: cursor.column, y: cursor.row })
  return (
    <Box flexDirection="column">
      <Rows lines={above} />
      <BodyRows top={above.length} height={bodyRows} source={picture} />
      <Rows lines={below} />
    </Box>
  )
}
