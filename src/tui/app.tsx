/** The root: shows the picture, and puts the terminal's own cursor where one writes, which input methods follow. */

import { useCursor } from 'ink'
import { useSyncExternalStore } from 'react'
import type { Picture } from './components/picture.ts'
import { Rows } from './components/rows.tsx'

export function App({ picture }: { picture: Picture }) {
  const { lines, cursor } = useSyncExternalStore(picture.subscribe, picture.get)
  const { setCursorPosition } = useCursor()
  setCursorPosition(cursor && { x: cursor.column, y: cursor.row })
  return <Rows lines={lines} />
}
