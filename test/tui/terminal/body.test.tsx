import { expect, test } from 'vitest'
import { openScreen } from '../../support/screen.tsx'
import { App, expectFresh, Lines, plainLook } from './body.steps.tsx'

test('rows are drawn without a frame of Ink, in one small write, the cursor where it was', async () => {
  const source = new Lines(['one', '日本語', 'three'])
  const frames: number[] = []
  await using screen = await openScreen(<App source={source} look={plainLook} />, {
    columns: 20,
    rows: 6,
    onFrame: (ms) => frames.push(ms),
  })
  expect(screen.text()).toBe('header\none\n日本語\nthree\n\nfooter 0')
  const before = { cursor: screen.terminal.cursor(), frames: frames.length }
  screen.takeWrites()
  source.set(['one', '日本語', 'three and more'])
  await screen.settle()
  expect(screen.text()).toBe('header\none\n日本語\nthree and more\n\nfooter 0')
  const writes = screen.takeWrites()
  expect(writes).toHaveLength(1)
  expect(writes[0]?.length).toBeLessThan(60)
  expect({ cursor: screen.terminal.cursor(), frames: frames.length }).toEqual(before)
})

test('rows that only moved are moved by the terminal, up and down', async () => {
  const numbered = (first: number) =>
    Array.from({ length: 10 }, (_, row) => `a row of some length, number ${first + row}`)
  const source = new Lines(numbered(0))
  await using screen = await openScreen(<App source={source} look={plainLook} />, { columns: 40, rows: 12 })
  for (const first of [1, 4, 2, 2, 0]) {
    screen.takeWrites()
    source.set(numbered(first))
    await screen.settle()
    expect(screen.takeWrites().join('').length).toBeLessThan(220)
    expect(screen.text()).toBe(['header', ...numbered(first), 'footer 0'].join('\n'))
  }
})

test('a dialog covers the rows, and they are there again when it goes', async () => {
  const source = new Lines(['under the dialog', 'two'])
  await using screen = await openScreen(<App source={source} look={{ ...plainLook, isCovered: true }} />, {
    columns: 20,
    rows: 4,
  })
  expect(screen.row(1)).toBe('undialoge dialog')
  await screen.rerender(<App source={source} look={plainLook} />)
  expect(screen.text()).toBe('header\nunder the dialog\ntwo\nfooter 0')
})

test('however the body, the layout, the cover and the size change, the screen is that of a fresh start', () =>
  expectFresh(25))

test('lent to another program and taken back, everything is there', async () => {
  const source = new Lines(['one', 'two'])
  await using screen = await openScreen(<App source={source} look={plainLook} />, { columns: 20, rows: 4 })
  screen.screen.release()
  await screen.settle()
  expect(screen.terminal.isAlternate()).toBe(false)
  source.set(['one', 'changed meanwhile'])
  await screen.settle()
  expect(screen.text()).not.toContain('changed')
  screen.screen.reclaim()
  await screen.settle()
  expect(screen.text()).toBe('header\none\nchanged meanwhile\nfooter 0')
})
