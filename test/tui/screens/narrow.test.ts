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

test('the chosen command of a long list is read whole, however narrow the window', async () => {
  for (const size of [
    { columns: 80, rows: 24 },
    { columns: 44, rows: 12 },
  ]) {
    await using screen = await arrived(scriptedGateway(), size)
    await screen.type('/pairing')
    const text = flat(screen.text())
    expect(text).toContain('/pairing [approve|reject <code>]')
    expect(text).toContain('Show who wants to write from a chat service, and let them')
  }
})

test('what is wrong in a form is read whole at 80 columns, and where one is at 40', async () => {
  const wrong = 'must be one word of letters, digits and . _ @ + -, and begin with a letter or digit'
  for (const size of [
    { columns: 80, rows: 24 },
    { columns: 40, rows: 24 },
  ]) {
    await using screen = await arrived(scriptedGateway(), size)
    await screen.type('<ctrl+x>ga')
    await screen.type('my vps')
    expect(flat(screen.text())).toContain(wrong)
  }
})
