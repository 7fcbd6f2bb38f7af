import { expect, test } from 'vitest'
import { rowWith } from '../../../src/tui/layout/seek.ts'
import { wrapText } from '../../../src/tui/layout/wrap.ts'

const rows = (text: string, width: number) => wrapText(text, width).map((line) => [{ text: '  ' }, { text: line }])

test.each([
  ['words on a row', 'one\ntwo three\nfour', 40, 'Two THREE', 1],
  ['words that a row ends between', 'the quick brown fox jumps', 9, 'brown fox', 1],
  ['a word cut by the end of a row', 'abcdefghijklmnopqrstuvwxyz', 10, 'ijkl', 0],
  ['Japanese without spaces', '長い日本語の文章です', 8, '本語の', 0],
  ['signs that mean something in a pattern', 'a\nb (c) [d]* \\e', 40, '(c) [d]* \\e', 1],
])('%s are found', (_, text, width, words, row) => expect(rowWith(rows(text, width), words)).toBe(row))

test('what is on no row is not found, and neither is nothing', () => {
  expect(rowWith(rows('one two', 40), 'onetwo')).toBeUndefined()
  expect(rowWith(rows('one two', 40), ' ')).toBeUndefined()
})
