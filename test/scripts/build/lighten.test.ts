import { expect, test } from 'vitest'
import { apply } from '../../../scripts/build/lighten.ts'

const change = { file: /x\.js$/, swaps: [{ from: 'slow()', to: 'quick()' }] }

test('a change is made where a package holds its text', () => {
  expect(apply(change, 'const a = slow()')).toBe('const a = quick()')
})

test.each(['', 'slow() + slow()'])('a package that has become another fails the build: %j', (text) => {
  expect(() => apply(change, text)).toThrow('lighten.ts')
})

test('no single character is an emoji sequence without being a picture by itself, so asking that first changes no width', () => {
  const flags: string = 'v' // newer than the language the types are checked for
  const isEmoji = new RegExp('^\\p{RGI_Emoji}$', flags)
  const isPicture = /\p{Emoji_Presentation}/u
  const units = Array.from({ length: 0x1_0000 }, (_, unit) => String.fromCharCode(unit))
  const emoji = units.filter((unit) => isEmoji.test(unit))
  expect(emoji.length).toBeGreaterThan(50)
  expect(emoji.filter((unit) => !isPicture.test(unit))).toEqual([])
})
