import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Editor, type EditorOp, editorText, emptyEditor, reduce } from '../../../src/tui/input/editor.ts'
import { canMoveRow, editorView, scrollTop } from '../../../src/tui/input/editor-view.ts'
import { rowText } from '../../../src/tui/layout/span.ts'
import { textWidth } from '../../../src/tui/layout/width.ts'
import { runs } from '../../support/runs.ts'

const insert = (text: string): EditorOp => ({ op: 'insert', text })
const play = (ops: readonly EditorOp[], start: Editor = emptyEditor): Editor => ops.reduce(reduce, start)
/** The text with a bar where the caret is. */
const show = (editor: Editor): string => `${editor.text.slice(0, editor.caret)}|${editor.text.slice(editor.caret)}`

/** A text with a bar → an editor standing there. */
function at(marked: string): Editor {
  const caret = marked.indexOf('|')
  const editor = reduce(emptyEditor, { op: 'set', text: marked.replace('|', '') })
  return { ...editor, caret, undo: [] }
}

describe('motions', () => {
  test.each([
    ['left over a family', 'a👩‍👩‍👧|', 'left', 'a|👩‍👩‍👧'],
    ['right over a composed letter', '|e\u0301x', 'right', 'e\u0301|x'],
    ['left to the line above', 'a\n|b', 'left', 'a|\nb'],
    ['right at the end', 'ab|', 'right', 'ab|'],
    ['over a word', 'one two|', 'word-left', 'one |two'],
    ['over spaces and a word', '|  one two', 'word-right', '  one| two'],
    ['over a dot inside a word', 'see example.com|', 'word-left', 'see |example.com'],
    ['to the line above by word', 'one\n|two', 'word-left', 'one|\ntwo'],
    ['to the start of the line', 'a\nbc|', 'line-start', 'a\n|bc'],
    ['to the end of the line', '|a\nb', 'line-end', 'a|\nb'],
    ['to the end', '|a\nb', 'end', 'a\nb|'],
  ] as const)('%s', (_, before, to, after) => {
    expect(show(reduce(at(before), { op: 'move', to }))).toBe(after)
  })
})

test('a Japanese sentence has words too', () => {
  const { caret } = reduce(at('|東京都に行く'), { op: 'move', to: 'word-right' })
  expect([2, 3]).toContain(caret)
})

describe('deleting and killing', () => {
  test('Backspace takes a whole grapheme', () => {
    expect(show(reduce(at('a🇯🇵|b'), { op: 'delete', to: 'left' }))).toBe('a|b')
  })
  test('a killed word comes back with yank, an older one with yank-older', () => {
    const killed = play(
      [
        { op: 'kill', to: 'word-left' },
        { op: 'move', to: 'start' },
        { op: 'kill', to: 'word-right' },
      ],
      at('one two three|'),
    )
    expect(killed.kills).toEqual(['one', 'three'])
    const yanked = reduce(killed, { op: 'yank' })
    expect(show(yanked)).toBe('one| two ')
    expect(show(reduce(yanked, { op: 'yank-older' }))).toBe('three| two ')
  })
  test('kills in a row are one', () => {
    const killed = play(
      [
        { op: 'kill', to: 'word-left' },
        { op: 'kill', to: 'word-left' },
      ],
      at('one two three|'),
    )
    expect(killed.kills).toEqual(['two three'])
  })
  test('killing to the end of a line that ends takes the line end', () => {
    expect(show(reduce(at('a|\nb'), { op: 'kill', to: 'line-end' }))).toBe('a|b')
  })
  test('a prompt thrown away can be had back', () => {
    expect(show(play([{ op: 'kill', to: 'all' }, { op: 'yank' }], at('dra|ft')))).toBe('draft|')
  })
})

describe('undo', () => {
  test('goes back a word of typing at a time, and forth again', () => {
    const typed = play([...'one two'].map(insert))
    const once = reduce(typed, { op: 'undo' })
    expect(show(once)).toBe('one |')
    expect(show(reduce(once, { op: 'undo' }))).toBe('|')
    expect(show(play([{ op: 'redo' }], once))).toBe('one two|')
  })
  test('a move begins a new step', () => {
    const typed = play([insert('a'), { op: 'move', to: 'start' }, insert('b'), { op: 'undo' }])
    expect(show(typed)).toBe('|a')
  })
})

describe('pastes', () => {
  const long = Array.from({ length: 12 }, (_, line) => `line ${line}`).join('\n')

  test('a long one is a chip that moves and dies as one, and sends its whole text', () => {
    const pasted = play([insert('see '), { op: 'paste', text: long }, insert('!')])
    expect(editorView(pasted, 40).rows.map(rowText)).toEqual(['see [12 lines pasted]!'])
    expect(editorText(pasted)).toBe(`see ${long}!`)
    const deleted = play(
      [
        { op: 'delete', to: 'left' },
        { op: 'delete', to: 'left' },
      ],
      pasted,
    )
    expect(editorText(deleted)).toBe('see ')
    expect(editorText(reduce(deleted, { op: 'undo' }))).toBe(`see ${long}!`)
  })
  test('a chip opens in place, and closes with undo', () => {
    const open = play([{ op: 'paste', text: long }, { op: 'expand-chip' }])
    expect(open.text).toBe(long)
    expect(editorView(reduce(open, { op: 'undo' }), 40).rows.map(rowText)).toEqual(['[12 lines pasted]'])
  })
  test('a short one is text, without what would steer the terminal', () => {
    expect(reduce(emptyEditor, { op: 'paste', text: 'a\r\nb\x1b[2J\u202e\tc' }).text).toBe('a\nb[2J\tc')
  })
})

describe('rows', () => {
  test('up and down follow the rows as wrapped and remember the column', () => {
    const editor = at('abcdef|\nx\nabcdef')
    const down = reduce(editor, { op: 'move-row', direction: 'down', width: 20 })
    expect(show(down)).toBe('abcdef\nx|\nabcdef')
    expect(show(reduce(down, { op: 'move-row', direction: 'down', width: 20 }))).toBe('abcdef\nx\nabcdef|')
    expect(show(reduce(at('aaa bbb cc|'), { op: 'move-row', direction: 'up', width: 4 }))).toBe('aaa bb|b cc')
  })
  test('at the first row there is none above: the key may walk the history', () => {
    expect(canMoveRow(at('a|\nb'), 'up', 10)).toBe(false)
    expect(canMoveRow(at('a|\nb'), 'down', 10)).toBe(true)
  })
  test('a caret behind a full row stands on the next', () => {
    expect(editorView(at('abcd|'), 4)).toMatchObject({ rows: [[{ text: 'abcd' }], []], caret: { row: 1, column: 0 } })
    expect(editorView(at('|abcd'), 4).rows).toHaveLength(1)
  })
  test('wide characters count two columns for the caret', () => {
    expect(editorView(at('日本|語'), 10).caret).toEqual({ row: 0, column: 4 })
  })
  test('the view scrolls as little as can be', () => {
    expect(scrollTop(5, 10, 3, 0)).toBe(3)
    expect(scrollTop(2, 10, 3, 4)).toBe(2)
    expect(scrollTop(4, 10, 3, 3)).toBe(3)
    expect(scrollTop(0, 1, 3, 7)).toBe(0)
  })
})

const motion = fc.constantFrom(
  'left',
  'right',
  'word-left',
  'word-right',
  'line-start',
  'line-end',
  'start',
  'end' as const,
)
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom(
    '\n',
    '\u200d',
    '\u0301',
    '👩',
    '👩‍👩‍👧',
    '日本語',
    'a b',
    '\t',
    '🇯',
    '🇵',
    'x'.repeat(30),
    '\n'.repeat(12),
    '\u{10f000}',
  ),
)
const anyOp: fc.Arbitrary<EditorOp> = fc.oneof(
  anyText.map(insert),
  anyText.map((text): EditorOp => ({ op: 'paste', text })),
  motion.map((to): EditorOp => ({ op: 'move', to })),
  motion.map((to): EditorOp => ({ op: 'delete', to })),
  motion.map((to): EditorOp => ({ op: 'kill', to })),
  fc
    .record({ direction: fc.constantFrom('up', 'down' as const), width: fc.integer({ min: 1, max: 12 }) })
    .map((move): EditorOp => ({ op: 'move-row', ...move })),
  fc.constantFrom<EditorOp>(
    { op: 'yank' },
    { op: 'yank-older' },
    { op: 'undo' },
    { op: 'redo' },
    { op: 'expand-chip' },
    { op: 'kill', to: 'all' },
  ),
)

test('whatever is done, the caret stands between graphemes and on the screen', () => {
  const segmenter = new Intl.Segmenter()
  fc.assert(
    fc.property(fc.array(anyOp, { maxLength: 30 }), fc.integer({ min: 2, max: 20 }), (ops, width) => {
      const editor = play(ops)
      const ends = [0, ...Array.from(segmenter.segment(editor.text), ({ index, segment }) => index + segment.length)]
      expect(ends).toContain(editor.caret)
      const view = editorView(editor, width)
      expect(view.caret.row).toBeLessThan(view.rows.length)
      expect(view.caret.column).toBeLessThan(width)
      for (const row of view.rows) expect(textWidth(rowText(row))).toBeLessThanOrEqual(Math.max(width, 4))
    }),
    { numRuns: runs(500) },
  )
})

test('undoing everything gives the empty prompt, redoing everything what was there', () => {
  fc.assert(
    fc.property(fc.array(anyOp, { maxLength: 30 }), (ops) => {
      const editor = play(ops)
      const undone = editor.undo.reduce<Editor>((state) => reduce(state, { op: 'undo' }), editor)
      expect(undone.text).toBe('')
      const redone = undone.redo.reduce<Editor>((state) => reduce(state, { op: 'redo' }), undone)
      if (editor.redo.length === 0) expect(redone.text).toBe(editor.text)
    }),
    { numRuns: runs(300) },
  )
})
