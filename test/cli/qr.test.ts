import jsqr from 'jsqr'
import { expect, test } from 'vitest'
import { qrLines } from '../../src/cli/qr.ts'

/** Modules of what stands in the terminal: true where it is dark, seen by whoever photographs it. */
function darkness(lines: readonly string[], isDrawnDark: boolean): boolean[][] {
  return lines.flatMap((line) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colors are what is taken off
    const cells = [...line.replaceAll(/\u001b\[[\d;]*m/g, '')]
    const half = (drawn: string) => cells.map((cell) => drawn.includes(cell) === isDrawnDark)
    return [half('█▀'), half('█▄')]
  })
}

/** Decoded by a program that shares nothing with the one that drew it. */
function decode(modules: readonly (readonly boolean[])[], scale = 4): string | undefined {
  const side = modules.length * scale
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const isDark = modules[Math.floor(y / scale)]?.[Math.floor(x / scale)] ?? false
      if (isDark) pixels.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3)
    }
  }
  return jsqr.default(pixels, side, side)?.data
}

const setup = Buffer.from(
  JSON.stringify({ url: 'wss://a-rather-long-name-of-a-machine.tail1234.ts.net', bootstrapToken: 'K7QF-3M9X' }),
).toString('base64url')

test.each([true, false])('what is drawn is what a phone reads (colored: %s)', (isColored) => {
  for (const text of ['K7QF-3M9X', setup]) {
    const lines = qrLines(text, isColored)
    expect(decode(darkness(lines, isColored))).toBe(text)
    if (isColored)
      expect(lines.every((line) => line.startsWith('\u001b[30;107m') && line.endsWith('\u001b[0m'))).toBe(true)
    else expect(lines.join('')).toMatch(/^[█▀▄ ]+$/)
  }
})

test('the usual one fits into a terminal of 80 columns', () => {
  const lines = qrLines(setup, false)
  expect(lines[0]?.length).toBeLessThanOrEqual(64)
  expect(lines.length).toBeLessThanOrEqual(32)
})
