import fc from 'fast-check'
import { Box, Text } from 'ink'
import { expect, test } from 'vitest'
import { enterAlternate } from '../../../src/tui/terminal/modes.ts'
import { Screen } from '../../../src/tui/terminal/screen.ts'
import { useScreenSize } from '../../../src/tui/terminal/use-screen-size.ts'
import { ManualClock } from '../../support/clock.ts'
import { runs } from '../../support/runs.ts'
import { openScreen } from '../../support/screen.tsx'
import { openTerminal } from '../../support/terminal.ts'

function Rows({ lines, footer = 'footer' }: { lines: readonly string[]; footer?: string }) {
  const { columns, rows } = useScreenSize()
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Box flexDirection="column" height={rows - 1} overflow="hidden">
        {lines.slice(0, rows - 1).map((line, slot) => (
          <Text key={slot} wrap="truncate">
            {line}
          </Text>
        ))}
      </Box>
      <Text wrap="truncate">{footer}</Text>
    </Box>
  )
}

test('a frame leaves as one write, and an unchanged one not at all', async () => {
  await using screen = await openScreen(<Rows lines={['one', 'two']} />, { columns: 40, rows: 6 })
  expect(screen.text().split('\n').slice(0, 2)).toEqual(['one', 'two'])
  screen.takeWrites()
  await screen.rerender(<Rows lines={['one', 'two and more']} />)
  const writes = screen.takeWrites()
  expect(writes).toHaveLength(1)
  expect(writes[0]?.length).toBeLessThan(120)
  await screen.rerender(<Rows lines={['one', 'two and more']} />)
  expect(screen.takeWrites()).toEqual([])
})

test('on a screen that a killed program left behind nothing of it stays', async () => {
  await using terminal = openTerminal({ columns: 20, rows: 4 })
  await terminal.write(`${enterAlternate}old one\r\nold two\r\nold three`)
  const written: Promise<void>[] = []
  const output = {
    columns: 20,
    rows: 4,
    write: (text: string) => written.push(terminal.write(text)) > 0,
    on() {},
    off() {},
  }
  const screen = new Screen(output, new ManualClock())
  screen.write(`${enterAlternate}new`)
  screen.end()
  await expect.poll(() => written.length).toBe(1)
  await Promise.all(written)
  expect(terminal.screen().trimEnd()).toBe('new')
})

test('a storm of resizes is drawn once per 33 ms, whole and from a clean screen', async () => {
  const clock = new ManualClock()
  await using screen = await openScreen(<Rows lines={['one', 'two', 'three']} />, { columns: 40, rows: 6, clock })
  screen.takeWrites()
  for (let columns = 39; columns > 20; columns--) await screen.resize({ columns, rows: 5 })
  expect(screen.takeWrites()).toEqual([])
  clock.advance(33)
  await screen.settle()
  expect(screen.takeWrites()).toHaveLength(1)
  expect(screen.text()).toBe('one\ntwo\nthree\n\nfooter')
})

test('taken back from the shell, the size is asked again before the first frame, and once', () => {
  const clock = new ManualClock()
  const resized: (() => void)[] = []
  const output = {
    columns: 80,
    rows: 24,
    _refreshSize() {
      Object.assign(output, { columns: 60, rows: 20 })
      for (const listener of resized) listener()
    },
    write: () => true,
    on: (_: 'resize', listener: () => void) => resized.push(listener),
    off() {},
  }
  const screen = new Screen(output, clock)
  const sizes: string[] = []
  screen.on('size', () => sizes.push(`${screen.columns}x${screen.rows}`))
  screen.release()
  screen.resume()
  expect(sizes).toEqual([])
  screen.reclaim()
  expect(sizes).toEqual(['60x20'])
  clock.advance(100)
  expect(sizes).toEqual(['60x20'])
  screen.destroy()
})

test('where a terminal draws a cluster wider than we count, the row it is in is too long and no other is touched', async () => {
  const family = (rest: string) => `👩‍👩‍👧 ${rest}`
  await using screen = await openScreen(<Rows lines={['', 'two']} footer={family('abcdefg')} />, {
    columns: 10,
    rows: 4,
    joins: false,
  })
  await screen.rerender(<Rows lines={[family('abcdefg'), 'two']} footer={family('hijklmn')} />)
  expect(screen.text().split('\n').slice(1, 3)).toEqual(['two', ''])
  expect(screen.row(0)).toContain('abcde')
  expect(screen.row(3)).toContain('hijkl')
})

test('whatever is drawn and resized, the screen is that of a fresh start', async () => {
  const line = fc.constantFrom(
    '',
    'short',
    'a much longer line that may not fit at all',
    '日本語のとても長い行です',
    '👩‍👩‍👧 family',
    '\x1b[31mred\x1b[0m',
  )
  const step = fc.oneof(
    fc.record({ lines: fc.array(line, { maxLength: 8 }) }),
    fc.record({ columns: fc.integer({ min: 10, max: 60 }), rows: fc.integer({ min: 3, max: 12 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const clock = new ManualClock()
      await using screen = await openScreen(<Rows lines={[]} />, { columns: 30, rows: 8, clock })
      let lines: string[] = []
      for (const [index, change] of steps.entries()) {
        if ('lines' in change) lines = change.lines
        else {
          await screen.resize(change)
          clock.advance(33)
        }
        await screen.rerender(<Rows lines={lines} footer={`step ${index}`} />)
      }
      const { columns, rows } = screen.terminal
      await using fresh = await openScreen(<Rows lines={lines} footer={`step ${steps.length - 1}`} />, {
        columns,
        rows,
      })
      expect(screen.text()).toBe(fresh.text())
    }),
    { numRuns: runs(40) },
  )
})

test('typing reaches the app as events, answers of the terminal apart', async () => {
  const events: string[] = []
  const replies: string[] = []
  await using screen = await openScreen(<Rows lines={[]} />, {
    onEvents: (read) => events.push(...read.map((event) => (event.kind === 'key' ? event.key : JSON.stringify(event)))),
    onReply: (reply) => replies.push(reply.of),
  })
  await screen.type('h<ctrl+k><shift+enter><alt+b>')
  await screen.terminal.write('\x1b[c')
  await screen.settle()
  expect(events).toEqual(['{"kind":"text","text":"h"}', 'ctrl+k', 'shift+enter', 'alt+b'])
  expect(replies).toEqual(['device-attributes'])
})

test('while it draws, paste and focus are on; afterwards the terminal is as it was', async () => {
  const { terminal } = await (async () => {
    await using screen = await openScreen(<Rows lines={['x']} />)
    expect(screen.terminal.isAlternate()).toBe(true)
    expect(screen.terminal.modes()).toMatchObject({ bracketedPasteMode: true, sendFocusMode: true })
    return { terminal: screen.terminal }
  })()
  expect(terminal.isAlternate()).toBe(false)
  expect(terminal.modes()).toMatchObject({ bracketedPasteMode: false, sendFocusMode: false })
})
