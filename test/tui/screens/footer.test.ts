import { expect, test } from 'vitest'
import { type Context, keyOf } from '../../../src/tui/commands/keymap.ts'
import { rowText } from '../../../src/tui/layout/span.ts'
import { footerRow } from '../../../src/tui/screens/footer.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'

const { view: connection } = scriptedGateway().gateway
const footer = (context: Context, columns: number): string =>
  rowText(footerRow({ connection }, context, columns, 'f1', new Set()))

test.each([
  ['completion', 'completion-close'],
  ['list', 'list-close'],
  ['outbox', 'list-close'],
  ['profiles', 'profiles-close'],
  ['connection', 'connection-close'],
  ['form', 'form-close'],
  ['text', 'text-close'],
  ['device', 'device-later'],
  ['devices', 'devices-close'],
  ['trust', 'trust-no'],
  ['answer', 'answer-decline'],
] as const)('%s: the way out is there at every width, and no key without its words', (context, out) => {
  for (const columns of [40, 44, 60, 80, 120]) {
    const text = footer(context, columns)
    expect(text.length).toBe(columns)
    expect(text).toMatch(new RegExp(`(^|  )${keyOf(out)} [a-z]`))
    expect(text.trimEnd()).not.toMatch(/[←↑]$/)
  }
})

test('the most useful keys come first, the help last', () => {
  expect(footer('profiles', 40).trimEnd()).toBe('enter go there  a add  e edit  esc close')
  expect(footer('chat', 40)).toMatch(/^enter queue .* f1 help$/)
})
