/** A body of lines below a header, and what may happen to it. */
import fc from 'fast-check'
import { Box, Text } from 'ink'
import { expect } from 'vitest'
import { truncate } from '../../../src/tui/layout/width.ts'
import { BodyRows, type LineSource } from '../../../src/tui/terminal/body-rows.tsx'
import { useScreenSize } from '../../../src/tui/terminal/use-screen-size.ts'
import { ManualClock } from '../../support/clock.ts'
import { openScreen } from '../../support/screen.tsx'

/** Lines set from outside, as a transcript's are. */
export class Lines implements LineSource {
  #lines: readonly string[]
  readonly #listeners = new Set<() => void>()

  constructor(lines: readonly string[] = []) {
    this.#lines = lines
  }

  subscribe = (changed: () => void) => {
    this.#listeners.add(changed)
    return () => void this.#listeners.delete(changed)
  }

  lines = () => this.#lines

  set(lines: readonly string[]): void {
    this.#lines = lines
    for (const listener of this.#listeners) listener()
  }
}

type Look = { footerRows: number; isCovered: boolean; footer: string }

export function App({ source, look }: { source: LineSource; look: Look }) {
  const { columns, rows } = useScreenSize()
  const height = Math.max(0, rows - 1 - look.footerRows)
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Text wrap="truncate">header</Text>
      <BodyRows top={1} height={height} source={source} isCovered={look.isCovered} />
      {look.isCovered && (
        <Box position="absolute" marginTop={1} marginLeft={2}>
          <Text wrap="truncate">dialog</Text>
        </Box>
      )}
      {Array.from({ length: look.footerRows }, (_, slot) => (
        <Text key={slot} wrap="truncate">
          {`${look.footer} ${slot}`}
        </Text>
      ))}
    </Box>
  )
}

export const plainLook: Look = { footerRows: 1, isCovered: false, footer: 'footer' }

/** However the body, the layout, the cover and the size change, the screen is that of a fresh start. */
export async function expectFresh(numRuns: number): Promise<void> {
  const line = fc.constantFrom('', 'short', 'x'.repeat(60), '日本語のとても長い行です', '\x1b[31mred\x1b[0m text')
  const step = fc.oneof(
    fc.record({ lines: fc.array(line, { maxLength: 8 }) }),
    fc.record({ move: fc.integer({ min: -3, max: 3 }) }),
    fc.record({ columns: fc.integer({ min: 12, max: 40 }), rows: fc.integer({ min: 5, max: 12 }) }),
    fc.record({
      footerRows: fc.integer({ min: 1, max: 3 }),
      isCovered: fc.boolean(),
      footer: fc.constantFrom('f', 'foot'),
    }),
  )
  /** What layout hands over: no line wider than the screen. */
  const narrowed = (lines: readonly string[], columns: number) =>
    lines.map((text) => (text.startsWith('\x1b') ? text : truncate(text, columns)))
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      const clock = new ManualClock()
      const source = new Lines()
      let look = plainLook
      let lines: readonly string[] = []
      await using screen = await openScreen(<App source={source} look={look} />, { columns: 30, rows: 8, clock })
      for (const change of steps) {
        if ('lines' in change) lines = change.lines
        else if ('move' in change) lines = change.move > 0 ? lines.slice(change.move) : ['new', ...lines]
        else if ('columns' in change) {
          await screen.resize(change)
          clock.advance(33)
        } else look = change
        source.set(narrowed(lines, screen.terminal.columns))
        await screen.rerender(<App source={source} look={look} />)
      }
      const { columns, rows } = screen.terminal
      await using fresh = await openScreen(<App source={new Lines(source.lines())} look={look} />, { columns, rows })
      expect(screen.text()).toBe(fresh.text())
    }),
    { numRuns },
  )
}
