import { Box, useCursor } from 'ink'
import { expect, test } from 'vitest'
import { Rows } from '../../../src/tui/components/rows.tsx'
import { spread } from '../../../src/tui/layout/fit.ts'
import { plain, rowText } from '../../../src/tui/layout/span.ts'
import { textWidth } from '../../../src/tui/layout/width.ts'
import { useCaret } from '../../../src/tui/terminal/body-rows.tsx'
import { openScreen } from '../../support/screen.tsx'

/** A header, and a row in which one writes; the caret is behind `before`. */
function Writing({ title = 'title', before, after }: { title?: string; before: string; after: string }) {
  const cursor = { row: 2, column: textWidth(before) }
  useCursor().setCursorPosition({ x: cursor.column, y: cursor.row })
  useCaret(cursor)
  return (
    <Box flexDirection="column">
      <Rows top={0} lines={[title]} />
      <Rows top={1} lines={['rule', `${before}${after}`, 'footer']} />
    </Box>
  )
}

const size = { columns: 30, rows: 5 }

test.each([
  ['a skin tone', '👍🏽 ', 'okay', '👍🏽 X', 'okay'],
  ['a variation selector', '❤️ thanks', '', '❤️ you', ''],
  ['a deletion behind one', '⚠️a', 'bc', '⚠️', 'bc'],
  ['a joined family', '👩‍👩‍👧 one', '', '👩‍👩‍👧 on', ''],
  ['Thai am', 'กำa', 'bc', 'กำ', 'bc'],
  ['spacing marks', 'नमस्तेa', 'bc', 'नमस्ते', 'bc'],
  ['one that leaves', 'हि', 'abc', 'ha', 'bc'],
  ['one that comes', 'ha', 'bc', 'हि', 'abc'],
])('a terminal that counts other cells shows what is written: %s', async (_, before, after, nowBefore, nowAfter) => {
  const options = { ...size, joins: false }
  await using screen = await openScreen(<Writing before={before} after={after} />, options)
  await screen.rerender(<Writing before={nowBefore} after={nowAfter} />)
  await using fresh = await openScreen(<Writing before={nowBefore} after={nowAfter} />, options)
  expect(screen.text()).toBe(fresh.text())
  expect(screen.row(2)).toBe(`${nowBefore}${nowAfter}`)
  // The caret stands before what follows it, wherever the terminal has drawn that.
  const { row, column } = screen.terminal.cursor()
  expect(row).toBe(2)
  expect(screen.terminal.cell(row, column).text).toBe(nowAfter.slice(0, 1))
})

test('a caret that moves alone finds its place in such a row', async () => {
  await using screen = await openScreen(<Writing before="👍🏽 okay" after="" />, { ...size, joins: false })
  for (const at of [7, 6, 5, 0]) {
    const text = '👍🏽 okay'
    await screen.rerender(<Writing before={text.slice(0, at)} after={text.slice(at)} />)
    const { column } = screen.terminal.cursor()
    expect(screen.terminal.cell(2, column).text).toBe(at === 0 ? '👍' : text.slice(at, at + 1))
  }
})

test('a header of such letters is drawn whole when only its end changes', async () => {
  const options = { ...size, joins: false }
  await using screen = await openScreen(<Writing title="connected हिन्दी 1 ms" before="" after="" />, options)
  await screen.rerender(<Writing title="connected हिन्दी 23 ms" before="" after="" />)
  expect(screen.row(0)).toBe('connected हिन्दी 23 ms')
})

test('a title at the end of the header keeps its last letters', async () => {
  const header = rowText(spread([plain('local · connected')], [plain('हिन्दी')], size.columns))
  await using screen = await openScreen(<Writing title={header} before="" after="" />, { ...size, joins: false })
  expect(screen.row(0)).toBe(header)
})

test('of a plain row only what changed is written', async () => {
  const text = 'a row of plain words, long en'
  await using screen = await openScreen(<Writing before={text} after="" />, size)
  screen.takeWrites()
  await screen.rerender(<Writing before={`${text}!`} after="" />)
  const written = screen.takeWrites().join('')
  expect(written).toContain('!')
  expect(written).not.toContain('plain')
})
