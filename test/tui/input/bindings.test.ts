import { expect, test } from 'vitest'
import { type Binding, checkBindings, defineKeymap, parseChord } from '../../../src/tui/input/bindings.ts'

const bindings: Binding<string, 'composer' | 'list'>[] = [
  { id: 'quit', keys: ['ctrl+d', 'ctrl+x q'], when: 'always', title: 'Quit' },
  { id: 'send', keys: ['Return'], when: 'composer', title: 'Send' },
  { id: 'open', keys: ['enter', 'o'], when: 'list', title: 'Open' },
]

test('a key is looked up from the top of the context stack down', () => {
  const keymap = defineKeymap(bindings)
  expect(keymap.lookup(['enter'], ['composer'])).toMatchObject({ binding: { id: 'send' } })
  expect(keymap.lookup(['enter'], ['composer', 'list'])).toMatchObject({ binding: { id: 'open' } })
  expect(keymap.lookup(['ctrl+d'], ['composer', 'list'])).toMatchObject({ binding: { id: 'quit' } })
  expect(keymap.lookup(['o'], ['composer'])).toEqual({ kind: 'none' })
})

test('the first key of a chord asks for the next', () => {
  const keymap = defineKeymap(bindings)
  expect(keymap.lookup(['ctrl+x'], [])).toEqual({ kind: 'prefix' })
  expect(keymap.lookup(['ctrl+x', 'q'], [])).toMatchObject({ binding: { id: 'quit' } })
  expect(parseChord('Ctrl+X  Q')).toEqual(['ctrl+x', 'shift+q'])
})

test('a sound table has no problems; conflicts, unknown and reserved keys are found', () => {
  expect(checkBindings(bindings)).toEqual([])
  const problems = checkBindings([
    ...bindings,
    { id: 'again', keys: ['enter'], when: 'list', title: '' },
    { id: 'shadow', keys: ['ctrl+x'], when: 'always', title: '' },
    { id: 'typo', keys: ['ctlr+x'], when: 'list', title: '' },
    { id: 'flow', keys: ['ctrl+s'], when: 'list', title: '' },
  ])
  expect(problems.map(({ kind, ...rest }) => [kind, 'ids' in rest ? rest.ids.join() : rest.id])).toEqual([
    ['conflict', 'open,again'],
    ['conflict', 'quit,shadow'],
    ['unknown-key', 'typo'],
    ['reserved', 'flow'],
  ])
})
