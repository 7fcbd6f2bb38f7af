import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitMarkdown } from '../../../src/server/channels/split-markdown.ts'
import { runs } from '../../support/runs.ts'

test.each([
  ['short', 20, ['short']],
  ['one paragraph\n\nand another', 22, ['one paragraph', 'and another']],
  ['first line here\nsecond line', 22, ['first line here', 'second line']],
  ['One sentence. Then more.', 20, ['One sentence.', 'Then more.']],
  ['several words in a row', 16, ['several', 'words in a row']],
  ['文がある。次の文もある。', 11, ['文がある。', '次の文もある。']],
  ['```js\nline one\nline two\n```', 22, ['```js\nline one\n```', '```js\nline two\n```']],
  ['', 20, []],
] as const)('%j is cut where a reader would (%i)', (text, limit, pieces) => {
  expect(splitMarkdown(text, limit)).toEqual(pieces)
})

test('nothing is lost, nothing is longer than the limit, and no character is cut in two', () => {
  const word = fc.constantFrom(
    'word',
    '\n',
    '\n\n',
    ' ',
    '. ',
    '😀😀😀',
    'verylongwordwithoutanyborderinit',
    '日本語。',
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 200 }), fc.integer({ min: 20, max: 200 }), (words, limit) => {
      const text = words.join('')
      const pieces = splitMarkdown(text, limit)
      expect(pieces.every((piece) => piece.length <= limit && piece.isWellFormed())).toBe(true)
      expect(pieces.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
    }),
    { numRuns: runs(200) },
  )
})

test('a code block that is cut stays code in every piece, whatever it holds', () => {
  const code = Array.from({ length: 60 }, (_, i) => `  line ${i}`).join('\n')
  const pieces = splitMarkdown(`before\n\n\`\`\`py\n${code}\n\`\`\`\n\nafter`, 200)
  const inside = pieces.filter((piece) => piece.includes('line'))
  expect(inside.length).toBeGreaterThan(2)
  for (const piece of inside) expect(piece.match(/```/g)?.length).toBe(2)
  expect(pieces.at(-1)).toMatch(/after$/)
})
