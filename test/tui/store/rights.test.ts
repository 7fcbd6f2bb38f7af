import { expect, test } from 'vitest'
import { expectFrame } from '../../support/frames.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived } from '../../support/ui.tsx'

test.each([
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
])('a device that may only read sees that it may, and keeps what it wrote, at $columns×$rows', async (size) => {
  const script = scriptedGateway()
  script.hello({ auth: { role: 'operator', scopes: ['operator.read'] } })
  await using screen = await arrived(script, size)
  await expectFrame(screen, `read-only-${size.columns}x${size.rows}`)
  await screen.type('let me in<enter>')
  await screen.after()
  expect(screen.text()).toContain('This device may only read here.')
  expect(screen.text()).toContain('› let me in')
  expect(script.gateway.outbox.entries).toEqual([])
})

test('one that may write is not told anything', async () => {
  for (const auth of [undefined, { scopes: ['operator.write'] }, { scopes: ['operator.admin'] }]) {
    const script = scriptedGateway()
    script.hello({ auth })
    await using screen = await arrived(script)
    expect(screen.text()).not.toMatch(/read only|may only read/)
  }
})
