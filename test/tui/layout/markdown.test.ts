import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  appendMarkdown,
  emptyMarkdown,
  finishMarkdown,
  type Markdown,
  markdownRows,
  parseMarkdown,
} from '../../../src/tui/layout/markdown.ts'
import { rowText } from '../../../src/tui/layout/span.ts'
import { textWidth } from '../../../src/tui/layout/width.ts'
import { runs } from '../../support/runs.ts'

const show = (text: string, width = 40): string[] => markdownRows(parseMarkdown(text), width).map(rowText)

const stream = (pieces: readonly string[]): Markdown => pieces.reduce(appendMarkdown, emptyMarkdown)

/** Markdown as models write it, and the half-written lines where a block's kind is still open. */
const snippets = fc.constantFrom(
  ...[
    '# Title\n',
    '## Sub\n\n',
    'A paragraph of **bold** and `code`.\n',
    '\n',
    '\n\n',
    'more words\n',
    '---\n',
    '===\n',
  ],
  ...[
    '- item\n',
    '- [ ] todo\n',
    '  nested text\n',
    '    indented\n',
    '1. one\n',
    '2. two\n',
    '* star\n',
    '-',
    '#',
    '1',
    ' ',
  ],
  ...['> quote\n', 'lazy\n', '```ts\n', '```\n', 'const x = 1\n', '~~~\n', '| a | b |\n', '|---|---|\n', '| 1 | 2 |\n'],
  ...[
    '<div>\n',
    '</div>\n',
    '<!-- c\n',
    '-->\n',
    'a `b\n',
    '**open\n',
    '日本語の文章。\n',
    '👩‍👩‍👧\n',
    '\t- tabbed\n',
    '\r\n',
    '\x1b]0;x\x07',
  ],
)
const withLinks = fc.oneof(snippets, fc.constantFrom('[foo]\n', '[foo]: http://x\n', '[l](http://y) '))

test('at the end a streamed text is laid out exactly as when read at once', () => {
  fc.assert(
    fc.property(fc.array(withLinks, { maxLength: 25 }), fc.integer({ min: 1, max: 60 }), (pieces, width) => {
      const rows = markdownRows(finishMarkdown(stream(pieces)), width)
      expect(rows).toEqual(markdownRows(parseMarkdown(pieces.join('')), width))
    }),
    { numRuns: runs(300) },
  )
})

test('and so it is at every moment before, links to later definitions apart', () => {
  fc.assert(
    fc.property(fc.array(snippets, { maxLength: 25 }), (pieces) => {
      let markdown = emptyMarkdown
      let text = ''
      for (const piece of pieces) {
        markdown = appendMarkdown(markdown, piece)
        text += piece
        expect(markdownRows(markdown, 40)).toEqual(markdownRows(parseMarkdown(text), 40))
      }
    }),
    { numRuns: runs(300) },
  )
})

test('a line that reads differently once the next one begins is laid out anew', () => {
  const pieces = ['|---|---|\n', '    indented\n', '-']
  expect(markdownRows(stream(pieces), 40)).toEqual(markdownRows(parseMarkdown(pieces.join('')), 40))
})

test('finished blocks are laid out once, while the tail grows', () => {
  const first = appendMarkdown(emptyMarkdown, 'One paragraph.\n\nAnother one.\n\nThird')
  const [before] = markdownRows(first, 40)
  const [after] = markdownRows(appendMarkdown(first, ' and more'), 40)
  expect(first.frozen.length).toBeGreaterThan(0)
  expect(after).toBe(before)
})

test('no row is wider than the room, at any width', () => {
  fc.assert(
    fc.property(fc.array(withLinks, { maxLength: 20 }), fc.integer({ min: 2, max: 50 }), (pieces, width) => {
      for (const row of markdownRows(parseMarkdown(pieces.join('')), width)) {
        expect(textWidth(rowText(row))).toBeLessThanOrEqual(width)
      }
    }),
    { numRuns: runs(300) },
  )
})

describe('blocks', () => {
  test('lists indent their later lines and tell ordered from not', () => {
    expect(show('- one two three\n- b\n\n9. x\n10. y', 12)).toEqual([
      '• one two',
      '  three',
      '• b',
      '',
      '9.  x',
      '10. y',
    ])
  })
  test('tasks show their box', () => expect(show('- [ ] a\n- [x] b')).toEqual(['☐ a', '☑ b']))
  test('code keeps its spaces, has no gutter, and wraps where the width ends', () => {
    expect(show('```\na  b\n\tindented\n```', 8)).toEqual(['a  b', '    inde', 'nted'])
  })
  test('an open fence is code already', () => expect(show('```ts\nlet **x**')).toEqual(['let **x**']))
  test('quotes carry a bar', () => expect(show('> said', 20)).toEqual(['│ said']))
  test('a table that fits stands side by side', () => {
    expect(show('| a | b |\n|---|--:|\n| x | 10 |\n| long | 2 |')).toEqual([
      'a    │  b',
      '─────┼───',
      'x    │ 10',
      'long │  2',
    ])
  })
  test('one that does not wraps in its cells, or becomes one cell per row', () => {
    const table = '| name | words |\n|---|---|\n| x | one two three four |'
    expect(show(table, 16)).toEqual([
      'name │ words',
      '─────┼──────────',
      'x    │ one two',
      '     │ three',
      '     │ four',
    ])
    expect(show(table, 12)).toEqual(['name: x', 'words: one', 'two three', 'four'])
  })
  test('a link says where it leads unless its words do', () => {
    expect(show('[here](https://a.b) <https://c.d>', 60)).toEqual(['here (https://a.b) https://c.d'])
  })
  test('what would steer the terminal is shown instead', () => {
    expect(show('a\x1b]52;c;eA==\x07b \u202egnp')).toEqual(['a␛]52;c;eA==␇b ⟨U+202E⟩gnp'])
  })
})
