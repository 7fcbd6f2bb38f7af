import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historyItems } from '../../../src/tui/store/history.ts'
import { itemMessages } from '../../../src/tui/store/history-messages.ts'
import type { Item } from '../../../src/tui/store/item.ts'

const common = { runId: fc.constantFrom('r1', 'r2'), at: fc.integer({ min: 1 }) }
const words = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '')

const item: fc.Arbitrary<Item> = fc.oneof(
  fc.record({
    kind: fc.constant('question' as const),
    id: fc.uuid(),
    text: words,
    delivery: fc.constant('sent' as const),
    ...common,
  }),
  fc.record({
    ...{ kind: fc.constant('reply' as const), id: fc.uuid(), text: words, ...common },
    ending: fc.constantFrom(
      'done' as const,
      'stopped' as const,
      'failed' as const,
      'interrupted' as const,
      'cut' as const,
    ),
    model: fc.constant('openai/gpt'),
  }),
  fc.record({
    kind: fc.constant('thought' as const),
    id: fc.uuid(),
    text: words,
    isOpen: fc.constant(false),
    ...common,
  }),
  fc.record({
    ...{ kind: fc.constant('tool' as const), id: fc.uuid(), name: fc.constant('exec'), output: fc.string(), ...common },
    args: fc.dictionary(fc.constantFrom('command', 'path'), fc.string(), { noNullPrototype: true }),
    status: fc.constantFrom('completed' as const, 'failed' as const, 'denied' as const, 'interrupted' as const),
    where: fc.constant('gateway vps-1'),
    exitCode: fc.integer(),
  }),
  fc.record({
    kind: fc.constant('note' as const),
    id: fc.uuid(),
    text: words,
    tone: fc.constant('info' as const),
    ...common,
  }),
)

/** Ids of messages are made as they are read. */
const withoutId = (items: readonly Item[]) => items.map(({ id: _, ...rest }) => rest)

test('what is kept reads as what was on screen', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 12 }), (items) => {
      expect(withoutId(historyItems(itemMessages(items, 1_000_000)))).toEqual(withoutId(items))
    }),
  )
})

test('of a long conversation the newest is kept, of one long message all; what was never sent is not', () => {
  const said = (text: string): Item => ({ kind: 'reply', id: text, text, ending: 'done' })
  const three = [said('a'.repeat(50)), said('b'.repeat(50)), said('c'.repeat(50))]
  expect(historyItems(itemMessages(three, 120)).map((it) => 'text' in it && it.text[0])).toEqual(['b', 'c'])
  expect(itemMessages([said('x'.repeat(500))], 120)).toHaveLength(1)
  expect(itemMessages([{ kind: 'question', id: 'q', text: 'later', delivery: 'unsent' }], 120)).toEqual([])
})
