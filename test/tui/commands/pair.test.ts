import { expect, test } from 'vitest'
import { expectFrame } from '../../support/frames.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, called } from '../../support/ui.tsx'

const script = (scopes: string[], methods = ['device.code.create']) => {
  const gateway = scriptedGateway({
    'device.code.create': ({ scopes = [] }) => ({ code: 'K7QF-3M9X', role: 'operator', scopes, expiresAtMs: 600_000 }),
  })
  gateway.hello({ features: { methods }, auth: { scopes } })
  return gateway
}

test.each([
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
])('PA7: /pair shows a code and where to type it, at $columns×$rows', async (size) => {
  const gateway = script(['operator.admin'])
  await using screen = await arrived(gateway, size)
  await screen.type('/pair<enter>')
  await screen.after()
  await expectFrame(screen, `pair-${size.columns}x${size.rows}`)
  expect(called(gateway, 'device.code.create')).toEqual([
    { scopes: ['operator.read', 'operator.write', 'operator.approvals'] },
  ])
  await screen.type('q')
  await screen.after()
  // What is not looked at any more is nowhere.
  expect(JSON.stringify(screen.ui.store.get())).not.toContain('K7QF')
})

test('it grants what is named, and names what there is when that is nothing', async () => {
  const gateway = script(['operator.admin'])
  await using screen = await arrived(gateway)
  await screen.type('/pair read<enter>')
  await screen.after()
  expect(called(gateway, 'device.code.create')).toEqual([{ scopes: ['operator.read'] }])
  await screen.type('q/pair king<enter>')
  await screen.after()
  expect(screen.text()).toContain('There is no scope king')
})

test.each([
  ['who is no admin', ['operator.pairing', 'operator.write'], undefined, 'Only a device with the scope admin'],
  ['a gateway of the ecosystem', ['operator.admin'], [], 'This gateway makes no pairing codes.'],
])('%s is told why not', async (_, scopes, methods, words) => {
  const gateway = script(scopes, methods)
  await using screen = await arrived(gateway)
  await screen.type('/pair<enter>')
  await screen.after()
  expect(screen.text()).toContain(words)
  expect(called(gateway, 'device.code.create')).toEqual([])
})
