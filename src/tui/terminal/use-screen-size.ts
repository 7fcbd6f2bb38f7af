/** The size of the screen, in a component. Unlike Ink's hook it is told before Ink draws, so no frame has the old layout. */
import { useStdout } from 'ink'
import { useCallback, useSyncExternalStore } from 'react'
import { Screen } from './screen.ts'

export type Size = { columns: number; rows: number }

/** On a Windows console Ink clears the whole screen for each frame that fills its last row (vadimdemedes/ink#969). */
const spareRows = process.platform === 'win32' ? 1 : 0

/** For components under `mountInk`. */
export function useScreenSize(): Size {
  const { stdout } = useStdout()
  const screen = stdout instanceof Screen ? stdout : undefined
  const subscribe = useCallback(
    (changed: () => void) => {
      screen?.on('size', changed)
      return () => void screen?.off('size', changed)
    },
    [screen],
  )
  const columns = useSyncExternalStore(subscribe, () => screen?.columns ?? 80)
  const rows = useSyncExternalStore(subscribe, () => screen?.rows ?? 24)
  return { columns, rows: rows - spareRows }
}
