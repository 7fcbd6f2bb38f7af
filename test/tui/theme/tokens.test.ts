import { expect, test } from 'vitest'
import { dark } from '../../../src/tui/theme/dark.ts'
import { luminance } from '../../../src/tui/theme/detect.ts'
import { light } from '../../../src/tui/theme/light.ts'
import { nearest256, parseHex } from '../../../src/tui/theme/sgr.ts'
import { type Theme, tokens } from '../../../src/tui/theme/tokens.ts'

const lightness = (hex: string): number => {
  const [red, green, blue] = parseHex(hex)
  return luminance({ red, green, blue })
}

/** WCAG 2.2 contrast ratio, 1 to 21. */
function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [lightness(a), lightness(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

/** What xterm shows for a number of its 256 colors, 16 and up. */
function xterm256(index: number): string {
  const step = (value: number): number => (value === 0 ? 0 : 55 + value * 40)
  const cube = index - 16
  const channels =
    index >= 232
      ? Array(3).fill(8 + (index - 232) * 10)
      : [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(step)
  return `#${channels.map((value: number) => value.toString(16).padStart(2, '0')).join('')}`
}

const grounds: [Theme, string[]][] = [
  [dark, ['#000000', '#1e1e2e', '#282c34', '#002b36']],
  [light, ['#ffffff', '#fdf6e3', '#fafafa', '#eff1f5']],
]

test.each(grounds)('every color of $name can be read, in full and among 256', (theme, backgrounds) => {
  for (const token of tokens) {
    const color = theme.colors[token]
    if (typeof color !== 'string' || color === 'default' || token === 'selection') continue
    const quantized = xterm256(nearest256(...parseHex(color)))
    const least = token === 'border' ? 3 : 4.5
    for (const background of backgrounds) {
      expect(contrast(color, background), `${token} on ${background}`).toBeGreaterThanOrEqual(least)
      expect(contrast(quantized, background), `${token} among 256 on ${background}`).toBeGreaterThanOrEqual(
        Math.min(least, 4.2),
      )
    }
  }
})

test('text can be read on a selection', () => {
  expect(contrast('#d0d0d0', String(dark.colors.selection))).toBeGreaterThanOrEqual(4.5)
  expect(contrast('#303030', String(light.colors.selection))).toBeGreaterThanOrEqual(4.5)
})
