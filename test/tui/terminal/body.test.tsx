import fc from 'fast-check'
import { Box, Text } from 'ink'
import { expect, test } from 'vitest'
import { truncate } from '../../../src/tui/layout/width.ts'
import { BodyRows, type LineSource } from '../../../src/tui/terminal/body-rows.tsx'
import { useScreenSize } from '../../../src/tui/terminal/use-screen-size.ts'
import { ManualClock } from '../../support/clock.ts'
import { openScreen } from '../../support/screen.tsx'

/** Lines set from outside, as a transcript's are. */
class Lines implements LineSource {
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

function App({ source, look }: { source: LineSource; look: Look }) {
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

const plainLook: Look = { footerRows: 1, isCovered: false, footer: 'footer' }

test('rows are drawn without a frame of Ink, in one small write, the cursor where it was', async () => {
  const source = new Lines(['one', '日本語', 'three'])
  const frames: number[] = []
  await using screen = await openScreen(<App source={source} look={plainLook} />, {
    columns: 20,
    rows: 6,
    onFrame: (ms) => frames.push(ms),
  })
  expect(screen.text()).toBe('header\none\n日本語\nthree\n\nfooter 0')
  const before = { cursor: screen.terminal.cursor(), frames: frames.length }
  screen.takeWrites()
  source.set(['one', '日本語', 'three and more'])
  await screen.settle()
  expect(screen.text()).toBe('header\none\n日本語\nthree and more\n\nfooter 0')
  const writes = screen.takeWrites()
  expect(writes).toHaveLength(1)
  expect(writes[0]?.length).toBeLessThan(60)
  expect({ cursor: screen.terminal.cursor(), frames: frames.length }).toEqual(before)
})

test('rows that only moved are moved by the terminal, up and down', async () => {
  const numbered = (first: number) =>
    Array.from({ length: 10 }, (_, row) => `a row of some length, number ${first + row}`)
  const source = new Lines(numbered(0))
  await using screen = await openScreen(<App source={source} look={plainLook} />, { columns: 40, rows: 12 })
  for (const first of [1, 4, 2, 2, 0]) {
    screen.takeWrites()
    source.set(numbered(first))
    await screen.settle()
    expect(screen.takeWrites().join('').length).toBeLessThan(220)
    expect(screen.text()).toBe(['header', ...numbered(first), 'footer 0'].join('\n'))
  }
})

test('a dialog covers the rows, and they are there again when it goes', async () => {
  const source = new Lines(['under the dialog', 'two'])
  await using screen = await openScreen(<App source={source} look={{ ...plainLook, isCovered: true }} />, {
    columns: 20,
    rows: 4,
  })
  expect(screen.row(1)).toBe('undialoge dialog')
  await screen.rerender(<App source={source} look={plainLook} />)
  expect(screen.text()).toBe('header\nunder the dialog\ntwo\nfooter 0')
})

test('however the body, the layout, the cover and the size change, the screen is that of a fresh start', async () => {
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
    { numRuns: 100 },
  )
})

test('lent to another program and taken back, everything is there', async () => {
  const source = new Lines(['one', 'two'])
  await using screen = await openScreen(<App source={source} look={plainLook} />, { columns: 20, rows: 4 })
  screen.screen.release()
  await screen.settle()
  expect(screen.terminal.isAlternate()).toBe(false)
  source.set(['one', 'changed meanwhile'])
  await screen.settle()
  expect(screen.text()).not.toContain('changed')
  screen.screen.reclaim()
  await screen.settle()
  expect(screen.text()).toBe('header\none\nchanged meanwhile\nfooter 0')
})
