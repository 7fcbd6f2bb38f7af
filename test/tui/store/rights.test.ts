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

test('a message no gateway would take stays where it is written, with what to do', async () => {
  const script = scriptedGateway()
  await using screen = await arrived(script)
  await screen.send(`\x1b[200~${'long '.repeat(40_001)}\x1b[201~`)
  await screen.type('<enter>')
  await screen.after()
  expect(screen.text()).toContain('This message is longer than 200000 characters')
  expect(screen.text()).toContain('put it into a file of the workspace')
  expect(script.gateway.outbox.entries).toEqual([])
  await screen.type('!')
  expect(screen.text()).toMatch(/^› \[.*\]!/m)
})

test('one that may write is not told anything', async () => {
  for (const auth of [undefined, { scopes: ['operator.write'] }, { scopes: ['operator.admin'] }]) {
    const script = scriptedGateway()
    script.hello({ auth })
    await using screen = await arrived(script)
    expect(screen.text()).not.toMatch(/read only|may only read/)
  }
})
