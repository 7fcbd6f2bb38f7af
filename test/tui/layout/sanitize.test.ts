import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPainter } from '../../../src/tui/layout/paint.ts'
import { isSafe, oneLine, showControls, showOutput, stripControls } from '../../../src/tui/layout/sanitize.ts'
import { themes } from '../../../src/tui/theme/themes.ts'
import { anyText } from '../../support/any-text.ts'
import { hostileTexts } from '../../support/hostile-texts.ts'
import { runs } from '../../support/runs.ts'
import { openTerminal } from '../../support/terminal.ts'

test('EX14: the corpus has 200 attacks', () => expect(new Set(hostileTexts).size).toBeGreaterThanOrEqual(200))

test('EX14: nothing of the corpus survives that a terminal would obey or a reader not see', () => {
  for (const text of hostileTexts) {
    expect(isSafe(showControls(text)), JSON.stringify(text)).toBe(true)
    expect(isSafe(stripControls(text)), JSON.stringify(text)).toBe(true)
  }
})

test('EX14: painted without sanitizing first, the corpus still moves no cursor and sets no title', async () => {
  const paint = createPainter(themes.dark, 'truecolor')
  for (const text of hostileTexts) {
    await using terminal = openTerminal({ columns: 400, rows: 3 })
    await terminal.write(`${paint([{ text, style: { color: 'danger' } }])}|`)
    expect(terminal.sideEffects(), JSON.stringify(text)).toEqual([])
    expect(terminal.row(0).endsWith('|'), JSON.stringify(text)).toBe(true)
    expect(terminal.cursor().row).toBe(0)
  }
})

test('any text at all becomes safe, and safe text stays as it is', () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      expect(isSafe(showControls(text))).toBe(true)
      expect(isSafe(stripControls(text))).toBe(true)
      expect(showControls(showControls(text))).toBe(showControls(text))
    }),
    { numRuns: runs(1_000) },
  )
})

describe('what is meant is kept', () => {
  test.each([
    ['tabs and line ends', 'a\tb\r\nc', 'a\tb\nc'],
    ['emoji made of several', '👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️', '👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️'],
    ['Persian joiners', 'می‌خواهم', 'می‌خواهم'],
    ['Japanese', '日本語のテキスト', '日本語のテキスト'],
  ])('%s', (_, text, expected) => {
    expect(showControls(text)).toBe(expected)
    expect(stripControls(text)).toBe(expected)
  })
})

test('colored output of a program keeps its words', () => {
  expect(stripControls('\x1b[1;32mok\x1b[0m \x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\')).toBe('ok link')
})

test('output shows its escapes as a reply that repeats it does', () => {
  expect(showOutput('\x1b[31mred\x1b[0m\r\nok')).toBe('␛[31mred␛[0m\nok')
})

test.each([stripControls, showOutput])('a progress line shows its last state', (show) =>
  expect(show('10%\r50%\r100%\ndone')).toBe('100%\ndone'),
)

test('a sequence without an end hides nothing', () => {
  expect(stripControls('\x1b]0;rm -rf / is next')).toContain('rm -rf / is next')
})

test('a name is one line', () => expect(oneLine(' Eve\n\x1b[2Jnext\tline ')).toBe('Eve next line'))
