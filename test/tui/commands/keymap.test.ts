import { expect, test } from 'vitest'
import { bindings, keyOf, spellChord } from '../../../src/tui/commands/keymap.ts'
import { deeds } from '../../../src/tui/commands/keys.ts'
import { checkBindings } from '../../../src/tui/input/bindings.ts'

test('every key can be pressed on a plain terminal, none has two meanings in one place, every one does something', () => {
  expect(checkBindings(bindings)).toEqual([])
  expect(Object.keys(deeds).sort()).toEqual([...new Set(bindings.map(({ id }) => id))].sort())
})

test('keys are spelled as people write them', () => {
  expect(keyOf('escape')).toBe('esc')
  expect(keyOf('take-back')).toBe('alt+↑')
  expect(spellChord('ctrl+x m')).toBe('ctrl+x m')
})
