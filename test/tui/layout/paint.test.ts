import { expect, test } from 'vitest'
import { createPainter } from '../../../src/tui/layout/paint.ts'
import type { Row } from '../../../src/tui/layout/span.ts'
import { themes } from '../../../src/tui/theme/themes.ts'

const row: Row = [
  { text: 'a ' },
  { text: 'b', style: { color: 'danger', bold: true } },
  { text: 'c', style: { background: 'selection' } },
]

test('a style opens and closes around its own text, at the depth of the terminal', () => {
  expect(createPainter(themes.dark, 'truecolor')(row)).toBe(
    'a \x1b[1;38;2;255;154;148mb\x1b[0m\x1b[48;2;47;74;102mc\x1b[0m',
  )
  expect(createPainter(themes.dark, '256')(row)).toBe('a \x1b[1;38;5;210mb\x1b[0m\x1b[48;5;239mc\x1b[0m')
  expect(createPainter(themes.ansi16, '16')(row)).toBe('a \x1b[1;31mb\x1b[0m\x1b[7mc\x1b[0m')
})

test('without color, bold and inverse remain', () => {
  expect(createPainter(themes.none, 'none')(row)).toBe('a \x1b[1mb\x1b[0m\x1b[7mc\x1b[0m')
})

test('a row painted before is not painted again', () => {
  const paint = createPainter(themes.dark, 'truecolor')
  expect(paint(row)).toBe(paint(row))
  expect(paint([{ text: '\x1b[2J\ttab\n' }])).toBe('␛[2J tab ')
})
