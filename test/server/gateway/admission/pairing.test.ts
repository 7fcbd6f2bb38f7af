import { expect, test } from 'vitest'
import { type Introduction, makeDevice } from '../../../support/device.ts'
import { door } from '../../../support/door.ts'

test('PA1: a program here is approved silently, and everyone is told', () => {
  const device = makeDevice()
  const verdict = door().connect({ device })
  expect(verdict).toMatchObject({
    kind: 'accepted',
    deviceToken: { role: 'operator', scopes: ['operator.admin'] },
    news: [{ event: 'device.pair.resolved', payload: { deviceId: device.id, decision: 'approved' } }],
  })
})

test.each(['browser', 'remote'] as const)('PA1: from a %s a new device waits for a person', (place) => {
  const { connect, devices } = door()
  const device = makeDevice()
  const v4 = connect({ device }, place)
  const [request] = devices.list().pending
  expect(v4).toMatchObject({
    answer: {
      error: {
        code: 'NOT_PAIRED',
        message: expect.stringMatching(/^pairing required: /),
        details: {
          code: 'PAIRING_REQUIRED',
          reason: 'not-paired',
          requestId: request?.requestId,
          deviceId: device.id,
        },
      },
    },
    close: { code: 1008, reason: expect.stringContaining(`(requestId: ${request?.requestId})`) },
    news: [{ event: 'device.pair.requested' }],
  })
  expect(connect({ device, protocol: 3 }, place)).toMatchObject({
    answer: { error: { message: 'pairing required', details: { requestId: request?.requestId } } },
    close: { reason: 'pairing required' },
    news: [],
  })
  devices.approve(request?.requestId ?? '', () => true)
  expect(connect({ device }, place)).toMatchObject({ kind: 'accepted', news: [] })
})

test.each([
  ['role-upgrade', { role: 'node', client: { mode: 'node' } }],
  ['scope-upgrade', { scopes: ['operator.admin'] }],
  ['metadata-upgrade', { scopes: ['operator.read'], client: { platform: 'win32' } }],
] as const)('PA5: a paired device that comes back with a %s waits again', (reason, change) => {
  const { connect, devices } = door()
  const device = makeDevice()
  connect({ device, scopes: ['operator.read'] }, 'remote')
  devices.approve(devices.list().pending[0]?.requestId ?? '', () => true)
  const again = connect(
    { device, ...change, ...('scopes' in change && { scopes: [...change.scopes] }) } as Introduction,
    'remote',
  )
  expect(again).toMatchObject({ answer: { error: { details: { reason } } } })
})

test('PA4: a device token lets in for what it holds, and is not widened by being here', () => {
  const { connect } = door()
  const device = makeDevice()
  const first = connect({ device, scopes: ['operator.read'] })
  const deviceToken = first.kind === 'accepted' ? (first.deviceToken?.token ?? '') : ''
  const same = connect({ device, scopes: ['operator.read'], auth: { token: deviceToken } })
  expect(same).toMatchObject({
    kind: 'accepted',
    peer: { authMethod: 'device-token' },
    deviceToken: { token: deviceToken },
  })
  expect(connect({ device, scopes: ['operator.admin'], auth: { token: deviceToken } }).kind).toBe('refused')
  expect(connect({ device, scopes: ['operator.read'], auth: { deviceToken } }).kind).toBe('accepted')
})

test('AU20, PA6: an unknown device, a wrong token and a revoked one read the same', () => {
  const { connect, devices } = door()
  const device = makeDevice()
  const first = connect({ device })
  const deviceToken = first.kind === 'accepted' ? (first.deviceToken?.token ?? '') : ''
  devices.revoke(device.id, 'operator')
  const answers = [
    connect({ device: makeDevice(), auth: { token: 'x' } }),
    connect({ device, auth: { token: 'x' } }),
    connect({ device, auth: { token: deviceToken } }),
    connect({ device: makeDevice(), auth: { token: deviceToken } }),
  ].map((verdict) => verdict.kind === 'refused' && { answer: verdict.answer, close: verdict.close })
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
})

test('PA6: a revoked device waits for a person, whatever it comes with and wherever it is', () => {
  const { connect, devices } = door()
  const device = makeDevice()
  connect({ device, scopes: ['operator.read'] })
  devices.revoke(device.id, 'operator')
  for (const place of ['here', 'browser', 'remote'] as const) {
    for (const scopes of [['operator.read'], ['operator.admin'], []]) {
      const verdict = connect({ device, scopes }, place)
      expect(verdict).toMatchObject({ answer: { error: { details: { reason: 'not-paired' } } } })
    }
    const asNode = connect({ device, role: 'node', client: { mode: 'node' } }, place)
    expect(asNode).toMatchObject({ answer: { error: { details: { reason: 'role-upgrade' } } } })
  }
  connect({ device, scopes: ['operator.read'] })
  devices.approve(devices.list().pending[0]?.requestId ?? '', () => true)
  expect(connect({ device, scopes: ['operator.read'] })).toMatchObject({
    kind: 'accepted',
    deviceToken: { scopes: ['operator.read'] },
  })
})

test('PA5: a request that waits is not widened: asking for more is another request, and the first one is gone', () => {
  const { connect, devices } = door()
  const device = makeDevice()
  connect({ device, scopes: ['operator.read'] }, 'remote')
  const shown = devices.list().pending[0]?.requestId ?? ''
  connect({ device, scopes: ['operator.admin'] }, 'remote')
  expect(devices.approve(shown, () => true)).toBe(undefined)
  expect(connect({ device, scopes: ['operator.read'] }, 'remote').kind).toBe('refused')
})

test('PA5: no scopes asked means none', () => {
  const { connect } = door()
  const verdict = connect({ device: makeDevice(), scopes: [] })
  expect(verdict).toMatchObject({ kind: 'accepted', deviceToken: { scopes: [] }, peer: { scopes: new Set() } })
})
