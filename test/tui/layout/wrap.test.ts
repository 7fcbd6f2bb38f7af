import fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { rowText } from '../../../src/tui/layout/span.ts'
import { expandTabs, graphemes, textWidth, truncate } from '../../../src/tui/layout/width.ts'
import { hardRanges, wrapRanges, wrapSpans, wrapText } from '../../../src/tui/layout/wrap.ts'
import { runs } from '../../support/runs.ts'

test.each([
  ['words break at spaces, which vanish', 'one two  three', 8, ['one two', 'three']],
  ['a word longer than the row is cut', 'abcdefghij kl', 4, ['abcd', 'efgh', 'ij', 'kl']],
  ['an indent stays', '    deep inside', 10, ['    deep', 'inside']],
  ['line ends stay', 'a\n\nb', 10, ['a', '', 'b']],
  ['Japanese breaks between characters', '日本語の文章', 5, ['日本', '語の', '文章']],
  ['but no row starts with a stop', '日本語。文', 6, ['日本', '語。文']],
  ['nor ends with an opening bracket', '日本「語」', 6, ['日本', '「語」']],
  ['a wide character never straddles the edge', 'a日本', 4, ['a日', '本']],
  ['tabs reach the next stop', 'a\tb', 10, ['a   b']],
  ['a family stays together', 'x👩‍👩‍👧y', 2, ['x', '👩‍👩‍👧', 'y']],
])('%s', (_, text, width, rows) => expect(wrapText(text, width)).toEqual(rows))

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .array(fc.constantFrom('a', 'word ', ' ', '  ', '日本', '。', '「', '👩‍👩‍👧', 'é', 'e\u0301', '🇯🇵', 'ﾊﾟ'), {
      maxLength: 30,
    })
    .map((parts) => parts.join('')),
)

test('wrapping loses nothing but spaces, and no row is too wide unless one character is', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 12 }), (text, width) => {
      const ranges = wrapRanges(text, width)
      expect(
        ranges
          .map(({ from, to }) => text.slice(from, to))
          .join('')
          .replaceAll(' ', ''),
      ).toBe(text.replaceAll(' ', ''))
      for (const { from, to } of ranges) {
        const row = text.slice(from, to)
        expect(textWidth(row) <= width || graphemes(row).length === 1).toBe(true)
      }
    }),
    { numRuns: runs(500) },
  )
})

test('kept spaces and hard cuts lose nothing at all', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 12 }), (text, width) => {
      for (const ranges of [wrapRanges(text, width, { spaces: 'keep' }), hardRanges(text, width)]) {
        expect(ranges.map(({ from, to }) => text.slice(from, to)).join('')).toBe(text)
        for (const { from, to } of ranges) {
          const row = text.slice(from, to)
          expect(textWidth(row) <= width || graphemes(row).length === 1).toBe(true)
        }
      }
    }),
    { numRuns: runs(500) },
  )
})

test('styles survive wrapping', () => {
  const rows = wrapSpans([{ text: 'one ' }, { text: 'two three', style: { bold: true } }], 7)
  expect(rows.map(rowText)).toEqual(['one two', 'three'])
  expect(rows[1]).toEqual([{ text: 'three', style: { bold: true } }])
})

test('width is what string-width says', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(textWidth(text)).toBe(stringWidth(text))
    }),
  )
  expect(textWidth('日本👩‍👩‍👧a')).toBe(7)
})

test('tabs count from where the text starts; too long is cut with an ellipsis', () => {
  expect(expandTabs('\tx', 2)).toBe('  x')
  expect(truncate('日本語', 4)).toBe('日…')
  expect(truncate('abc', 3)).toBe('abc')
})
