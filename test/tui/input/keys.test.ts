import { expect, test } from 'vitest'
import { keyName, keysOf, parseKey } from '../../../src/tui/input/keys.ts'

test.each([
  ['Ctrl+K', 'ctrl+k'],
  ['ctrl+k', 'ctrl+k'],
  ['shift+alt+Return', 'alt+shift+enter'],
  ['Esc', 'escape'],
  ['?', '?'],
  ['shift+?', '?'],
  ['ctrl++', 'ctrl++'],
  ['+', '+'],
  [' ', 'space'],
  ['shift+space', 'shift+space'],
  ['G', 'shift+g'],
  ['F12', 'f12'],
  ['Cmd+c', 'super+c'],
])('%s is spelled %s', (text, expected) => expect(parseKey(text)).toBe(expected))

test.each(['', 'ctrl', 'hyperdrive+x', 'f25', 'enterr'])('%j names no key', (text) =>
  expect(parseKey(text)).toBeUndefined(),
)

test('a name is its own spelling', () => {
  for (const key of ['enter', 'a', 'A', '?', ' ', 'f5', 'é', '日']) {
    const name = keyName(key, { ctrl: true, alt: true, shift: true, super: true })
    expect(parseKey(name)).toBe(name)
  }
})

test('text names each of its characters, for lists that take single keys', () => {
  expect(keysOf({ kind: 'text', text: 'jK?' })).toEqual(['j', 'shift+k', '?'])
  expect(keysOf({ kind: 'paste', text: 'x', isWhole: true })).toEqual([])
})
