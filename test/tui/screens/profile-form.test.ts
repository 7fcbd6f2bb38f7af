import { expect, test } from 'vitest'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived } from '../../support/ui.tsx'

const flat = (text: string): string => text.replace(/\s+/g, ' ')

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
