import { expect, test } from 'vitest'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived } from '../../support/ui.tsx'

const flat = (text: string): string => text.replace(/\s+/g, ' ')

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
