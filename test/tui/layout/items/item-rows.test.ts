import { expect, test } from 'vitest'
import { ItemLayout } from '../../../../src/tui/layout/items/item-rows.ts'
import type { ReplyItem } from '../../../../src/tui/store/item.ts'

const endings: [ReplyItem['ending'], string[]][] = [
  ['open', []],
  ['done', []],
  ['stopped', ['■ Stopped. Why.']],
  ['interrupted', ['■ Interrupted: the gateway stopped while this was being written. Why.']],
  ['cut', ['■ Cut off: the model reached its output limit. Ask it to go on.']],
  ['failed', ['✗ Why.']],
]

test.each(endings)('a reply that is %s says so below its words', (ending, below) => {
  const reply: ReplyItem = { kind: 'reply', id: 'r', text: 'Half', ending, problem: 'Why.' }
  const rows = new ItemLayout().rows(reply, { width: 100, isOpen: false, here: 'gateway test' })
  expect(rows.map((row) => row.map(({ text }) => text).join(''))).toEqual(['Half', ...below])
})
