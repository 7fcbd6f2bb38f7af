import { expect, test } from 'vitest'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, openUi } from '../../support/ui.tsx'

const flat = (text: string): string => text.replace(/\s+/g, ' ')

test.each([
  { columns: 40, rows: 10 },
  { columns: 44, rows: 12 },
])('at $columns×$rows the first words are whole sentences', async (size) => {
  await using screen = await openUi(scriptedGateway(), size)
  expect(flat(screen.text())).toContain('Write already: it is kept, and sent when the gateway answers.')
  await using later = await arrived(scriptedGateway(), size)
  expect(flat(later.text())).toContain('a command, asked first')
  expect(later.text()).not.toContain('…')
})
