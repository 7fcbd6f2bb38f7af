/** The component for rows past Ink: a blank box in Ink's layout, and what is over it drawn by the screen. */
import { Box, Text, useStdout } from 'ink'
import { memo, useInsertionEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react'
import type { BodyRows as BodyRowsAt, Caret } from './body.ts'
import { Screen } from './screen.ts'

/** Painted rows that change: at most `height` of them, each at most as wide as the screen. */
export type LineSource = {
  subscribe(changed: () => void): () => void
  /** The same array until something changed. */
  lines(): readonly string[]
}

export type BodyRowsProps = {
  /** Screen row of the first, from 0. */
  top: number
  height: number
  source: LineSource
  /** Something of Ink's lies over it: then Ink draws the rows too, so that they can be covered. */
  isCovered?: boolean
}

export function BodyRows(props: BodyRowsProps) {
  const { stdout } = useStdout()
  const screen = stdout instanceof Screen ? stdout : undefined
  return screen && !props.isCovered ? <DirectRows {...props} screen={screen} /> : <MountedRows {...props} />
}

function DirectRows({ top, height, source, screen }: BodyRowsProps & { screen: Screen }) {
  const rows = (): BodyRowsAt => ({ top, lines: exactly(height, source.lines()) })
  // With each frame of React's; an insertion effect, because Ink draws between those and layout effects.
  useInsertionEffect(() => screen.showWithFrame(source, rows()))
  useLayoutEffect(() => source.subscribe(() => screen.showBody(source, rows())), [top, height, source, screen])
  useLayoutEffect(() => () => screen.hideBody(source), [screen, source])
  return <Box height={height} flexShrink={0} />
}

function MountedRows({ height, source }: BodyRowsProps) {
  const lines = useSyncExternalStore(source.subscribe, source.lines)
  return (
    <Box flexDirection="column" height={height} flexShrink={0} overflow="hidden">
      {exactly(height, lines).map((line, slot) => (
        <Line key={slot} text={line} />
      ))}
    </Box>
  )
}

/** Draws this text past Ink on this screen row; none for undefined. False where that cannot be, and Ink has to draw it. */
export function useWholeRow(row: number, text: string | undefined): boolean {
  const { stdout } = useStdout()
  const screen = stdout instanceof Screen ? stdout : undefined
  const owner = useRef({}).current
  const wasShown = useRef(false)
  useInsertionEffect(() => {
    if (text === undefined && !wasShown.current) return
    wasShown.current = text !== undefined
    screen?.showWithFrame(owner, { top: row, lines: text === undefined ? [] : [text] })
  }, [screen, owner, row, text])
  useInsertionEffect(
    () => () => {
      if (wasShown.current) screen?.showWithFrame(owner, nothing)
    },
    [screen, owner],
  )
  return screen !== undefined && text !== undefined
}

const nothing: BodyRowsAt = { top: 0, lines: [] }

/** The caret stands where the terminal has drawn what is before it, also where that is not the column we count. */
export function useCaret(caret: Caret | undefined): void {
  const { stdout } = useStdout()
  const screen = stdout instanceof Screen ? stdout : undefined
  useInsertionEffect(() => screen?.setCaret(caret), [screen, caret])
}

const Line = memo(({ text }: { text: string }) => <Text wrap="truncate">{text}</Text>)

const exactly = (height: number, lines: readonly string[]): string[] =>
  Array.from({ length: height }, (_, slot) => lines[slot] ?? '')
