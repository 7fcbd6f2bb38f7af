import { expect, test } from 'vitest'
import { rowWidth, spread } from '../../../src/tui/layout/fit.ts'
import { plain, rowText } from '../../../src/tui/layout/span.ts'

test('what a terminal may draw wider than we count has room for that before the edge', () => {
  const row = spread([plain('left')], [plain('हिन्दी')], 20)
  // Counted as four cells; five where each spacing mark has one.
  expect(rowWidth(row)).toBe(19)
  expect(rowText(row).startsWith('left  ')).toBe(true)
  expect(rowText(row).endsWith(' हिन्दी')).toBe(true)
  expect(rowWidth(spread([plain('ab👍🏽'.repeat(6))], [plain('end')], 20))).toBeLessThanOrEqual(20)
})

test('plain text at both ends fills the row', () => {
  expect(rowText(spread([plain('left')], [plain('right')], 12))).toBe('left   right')
  expect(rowText(spread([plain('much too long')], [plain('right')], 12))).toBe('much … right')
})
