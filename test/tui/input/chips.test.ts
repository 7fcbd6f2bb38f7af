import { expect, test } from 'vitest'
import { chipLabel, deservesChip } from '../../../src/tui/input/chips.ts'

const lines = (count: number): string => Array.from({ length: count }, (_, line) => `line ${line}`).join('\n')

test.each([
  ['ten lines', lines(10), false],
  ['ten copied lines, each with its end', `${lines(10)}\n`, false],
  ['eleven lines', lines(11), '[11 lines pasted]'],
  ['eleven copied lines, each with its end', `${lines(11)}\n`, '[11 lines pasted]'],
  ['ten lines with an empty one behind them', `${lines(10)}\n\n`, '[11 lines pasted]'],
  ['ten thousand', `${lines(10_000)}\n`, '[10000 lines pasted]'],
  ['one long line', 'x'.repeat(2_001), '[2001 characters pasted]'],
  ['one long line with its end', `${'x'.repeat(2_001)}\n`, '[2002 characters pasted]'],
] as const)('pasted, %s', (_, text, label) => {
  expect(deservesChip(text) && chipLabel(text)).toBe(label)
})
