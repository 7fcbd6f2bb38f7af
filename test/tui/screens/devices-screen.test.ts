import { describe, expect, test } from 'vitest'
import type { Paired, Pending } from '../../../src/client/device-words.ts'
import { operatorScopes } from '../../../src/shared/protocol/scope.ts'
import { expectFrame } from '../../support/frames.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, called } from '../../support/ui.tsx'

const idOf = (start: string) => start.padEnd(64, '0')
const minute = 60_000

const asking: Pending = {
  ...{
    requestId: 'q1',
    deviceId: idOf('3f9a01c277deb410'),
    publicKey: 'k1',
    displayName: 'Laptop',
    platform: 'darwin',
  },
  ...{ role: 'operator', roles: ['operator'], scopes: [...operatorScopes], remoteIp: '203.0.113.7', ts: 0 },
}
const paired = (start: string, displayName: string, more: Partial<Paired['tokens'][number]> = {}): Paired => ({
  ...{ deviceId: idOf(start), publicKey: start, displayName, platform: 'linux', remoteIp: '10.0.0.9' },
  ...{ role: 'operator', roles: ['operator'], scopes: ['operator.read', 'operator.write'] },
  tokens: [{ role: 'operator', scopes: ['operator.read'], createdAtMs: 0, lastUsedAtMs: 3 * minute, ...more }],
  ...{ createdAtMs: 0, approvedAtMs: 0 },
})
const desk = paired('aaaa1111bbbb2222', 'Desk')
const phone = paired('cccc3333dddd4444', '\u202e番号の電話\u0007')
const lost = paired('eeee5555ffff6666', 'Lost', { revokedAtMs: 1 })

/** `leftMs` before the question is over. */
async function opened(size: { columns?: number; rows?: number } = {}, leftMs = 2_000) {
  let pending = [asking]
  const script = scriptedGateway({
    'device.pair.list': () => ({ pending, paired: [desk, phone, lost] }),
    'device.pair.approve': () => {
      pending = []
      return { requestId: 'q1', device: desk }
    },
    'device.token.revoke': ({ deviceId, role }) => ({ deviceId, role, revokedAtMs: 1 }),
    'device.token.rotate': ({ deviceId, role }) => ({ deviceId, role, scopes: [], rotatedAtMs: 1 }),
  })
  script.hello({
    features: { methods: ['device.pair.list', 'device.pair.grant'] },
    auth: { scopes: ['operator.admin'] },
  })
  script.become({ deviceId: desk.deviceId })
  const screen = await arrived(script, size)
  await screen.after(5 * minute - leftMs)
  await screen.type('<enter>') // later
  await screen.type('/devices<enter>')
  await screen.after()
  await screen.after()
  return { script, screen, forget: () => (pending = []) }
}

describe.each([
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
])('at $columns×$rows', (size) => {
  test('PA8: who waits, who is in, and all about the chosen one, whatever they call themselves', async () => {
    const { screen } = await opened(size)
    await using _ = screen
    await expectFrame(screen, `devices-${size.columns}x${size.rows}`)
    expect(screen.text()).toContain('3f9a-01c2-77de-b410')
    for (const sign of ['\u202e', '\u0007']) expect(screen.text()).not.toContain(sign)
  })
})

test('one that waits is decided about from here, and the list is then another', async () => {
  const { script, screen } = await opened({}, 10_000)
  await using _ = screen
  await screen.type('<enter>')
  await screen.after(800)
  expect(screen.text()).toContain('May this device come in?')
  await screen.type('y')
  await screen.after(800)
  expect(called(script, 'device.pair.approve')).toEqual([{ requestId: 'q1' }])
  await screen.type('/devices<enter>')
  await screen.after()
  expect(screen.text()).not.toContain('Laptop')
})

test.each([
  ['d', 'device.token.revoke', 'd again revokes it'],
  ['r', 'device.token.rotate', 'r again replaces its token'],
] as const)('%s twice calls %s, for the chosen device and no other', async (key, method, question) => {
  const { script, screen } = await opened()
  await using _ = screen
  await screen.type('<down><down>')
  await screen.send(key + key)
  await screen.after()
  expect(screen.text()).not.toContain(question)
  await screen.type(key)
  await screen.after()
  expect(screen.text()).toContain(question)
  expect(called(script, method)).toEqual([])
  await screen.type(key)
  await screen.after()
  expect(called(script, method)).toEqual([{ deviceId: phone.deviceId, role: 'operator' }])
})

test('the device one is at says so before it is revoked; one that is revoked says that', async () => {
  const { script, screen } = await opened()
  await using _ = screen
  expect(screen.text()).toMatch(/Desk +aaaa-1111-bbbb-2222 +this device/)
  await screen.type('<down>d')
  await screen.after()
  expect(screen.text()).toContain('it is the device you are at')
  await screen.after(3_000)
  await screen.type('<down><down>d')
  await screen.after()
  expect(screen.text()).toContain('It is revoked already.')
  expect(called(script, 'device.token.revoke')).toEqual([])
})

test('the device one is at is used now; deciding is offered while somebody waits', async () => {
  const { script, screen, forget } = await opened()
  await using _ = screen
  expect(screen.text()).toMatch(/Desk .*this device +used now/)
  expect(screen.text()).toContain('enter decide')
  forget()
  script.tell('device.pair.resolved', { requestId: 'q1', deviceId: asking.deviceId, decision: 'rejected', ts: 1 })
  await screen.after()
  expect(screen.text()).not.toContain('Laptop')
  expect(screen.text()).not.toContain('enter decide')
  expect(screen.text()).toContain('new token')
})

test('a request on top is not revoked, nor is an approved one asked about', async () => {
  const { screen } = await opened()
  await using _ = screen
  await screen.type('d')
  await screen.after()
  expect(screen.text()).toContain('It is not approved yet')
  await screen.type('<down><enter>')
  await screen.after()
  expect(screen.text()).toContain('It is approved already.')
  await screen.type('q')
  await screen.after()
  expect(screen.text()).not.toContain('aaaa-1111-bbbb-2222')
})
