import { describe, expect, test } from 'vitest'
import { fewerScopesCap } from '../../../../src/shared/protocol/connect.ts'
import { operatorScopes } from '../../../../src/shared/protocol/scope.ts'
import { type Introduction, makeDevice } from '../../../support/device.ts'
import { door, peerOf, refusalOf, token } from '../../../support/door.ts'

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

test.each(['an approval', 'a code', 'a rotation'])(
  'PA5: what a person decided by %s is not widened by the shared secret, on this machine either',
  (decision) => {
    const { connect, devices, codes } = door()
    const device = makeDevice()
    const reader = ['operator.read']
    if (decision === 'an approval') {
      connect({ device, scopes: reader }, 'remote')
      devices.approve(devices.list().pending[0]?.requestId ?? '', () => true)
    } else if (decision === 'a code') {
      const { code } = codes.issue({ role: 'operator', scopes: reader, issuer: 'owner', source: 'x' })
      connect({ device, auth: { token, bootstrapToken: code } })
    } else {
      connect({ device })
      devices.rotate(device.id, 'operator', { scopes: reader, isHandedOut: false })
    }
    expect(connect({ device })).toMatchObject({ answer: { error: { details: { reason: 'scope-upgrade' } } } })
    expect([...peerOf(connect({ device, caps: [fewerScopesCap] })).scopes]).toEqual(reader)
    expect(devices.find(device.id)?.scopes).toEqual(reader)
  },
)

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

describe('a pairing code', () => {
  const withCode = (scopes = ['operator.read'], role: 'operator' | 'node' = 'operator') => {
    const here = door()
    const issue = () => here.codes.issue({ role, scopes, issuer: 'owner', source: '127.0.0.1' }).code
    return { ...here, issue }
  }
  const all = [...operatorScopes]

  test.each(['browser', 'remote'] as const)(
    'PA7: from a %s lets in at once, with what it grants and no more',
    (place) => {
      const { connect, devices, issue } = withCode()
      const device = makeDevice()
      const auth = { token, bootstrapToken: issue() }
      const verdict = connect({ device, scopes: all, auth }, place)
      expect(verdict).toMatchObject({
        kind: 'accepted',
        deviceToken: { scopes: ['operator.read'] },
        news: [{ event: 'device.pair.resolved', payload: { deviceId: device.id, decision: 'approved' } }],
        code: { issuer: 'owner' },
      })
      expect([...peerOf(verdict).scopes]).toEqual(['operator.read'])
      expect(devices.find(device.id)).toMatchObject({ scopes: ['operator.read'] })
      expect(devices.list().pending).toEqual([])
      // It was for one device.
      expect(connect({ device: makeDevice(), scopes: all, auth }, place)).toMatchObject({ kind: 'refused' })
    },
  )

  test('PA7: one that asks for less gets less', () => {
    const { connect, devices, issue } = withCode(['operator.admin'])
    const device = makeDevice()
    connect({ device, scopes: ['operator.write'], auth: { token, bootstrapToken: issue() } }, 'remote')
    expect(devices.find(device.id)?.scopes).toEqual(['operator.write'])
  })

  test('PA7: it stands for the approval, not for the secret: without that it is not even looked at', () => {
    const { connect, codes, issue } = withCode()
    const code = issue()
    for (const secret of [{}, { token: 'wrong' }, { password: 'wrong' }]) {
      const verdict = connect({ device: makeDevice(), auth: { ...secret, bootstrapToken: code } }, 'remote')
      expect(refusalOf(verdict)).toMatchObject({ message: expect.stringMatching(/^unauthorized: /) })
    }
    for (let at = 0; at < 9; at++) connect({ device: makeDevice(), auth: { bootstrapToken: 'ZZZZZZZZ' } }, 'remote')
    expect(codes.redeem(code, 'operator')).toBeDefined()
  })

  test('PA7: a wrong one is said to be wrong, and the device waits for a person as it would without', () => {
    const { connect, devices, issue } = withCode()
    issue()
    const device = makeDevice()
    const verdict = connect({ device, auth: { token, bootstrapToken: 'AAAA-AAAA' } }, 'remote')
    expect(verdict).toMatchObject({
      answer: {
        error: {
          message: 'pairing required: the pairing code is wrong, used or too old',
          details: { reason: 'not-paired', pairingCode: 'refused' },
        },
      },
    })
    expect(devices.list().pending).toMatchObject([{ deviceId: device.id }])
    expect(connect({ device }, 'remote')).toMatchObject({ answer: { error: { details: { pairingCode: 'none' } } } })
  })

  test('PA7: a code for an operator makes no node, and the other way round', () => {
    const { connect, issue } = withCode()
    const node = { device: makeDevice(), role: 'node', client: { mode: 'node' as const } }
    const code = issue()
    expect(connect({ ...node, auth: { token, bootstrapToken: code } }, 'remote').kind).toBe('refused')
    const nodes = withCode([], 'node')
    expect(nodes.connect({ ...node, auth: { token, bootstrapToken: nodes.issue() } }, 'remote').kind).toBe('accepted')
  })

  test('PA6: a revoked device does not come back with one, nor uses it up', () => {
    const { connect, devices, codes, issue } = withCode()
    const device = makeDevice()
    connect({ device, auth: { token, bootstrapToken: issue() } }, 'remote')
    devices.revoke(device.id, 'operator')
    const code = issue()
    expect(connect({ device, auth: { token, bootstrapToken: code } }, 'remote').kind).toBe('refused')
    expect(codes.redeem(code, 'operator')).toBeDefined()
  })

  test('widens what a device holds, and lets in one that was rejected by mistake', () => {
    const { connect, devices, codes, issue } = withCode()
    const device = makeDevice()
    connect({ device, scopes: all }, 'remote')
    devices.reject(devices.list().pending[0]?.requestId ?? '')
    expect(connect({ device, scopes: all, auth: { token, bootstrapToken: issue() } }, 'remote').kind).toBe('accepted')
    const { code } = codes.issue({ role: 'operator', scopes: ['operator.write'], issuer: 'owner', source: 'x' })
    const own = devices.issue(device.id, 'operator', ['operator.read'])?.token ?? ''
    const caps = [fewerScopesCap]
    const wider = connect({ device, caps, scopes: all, auth: { token: own, bootstrapToken: code } }, 'remote')
    expect([...peerOf(wider).scopes]).toEqual(['operator.read', 'operator.write'])
    expect(devices.find(device.id)?.scopes).toEqual(['operator.read', 'operator.write'])
    // Its token serves for that from now on.
    const next = (wider.kind === 'accepted' && wider.deviceToken?.token) || ''
    const later = connect({ device, caps, scopes: all, auth: { token: next } }, 'remote')
    expect([...peerOf(later).scopes]).toEqual(['operator.read', 'operator.write'])
  })
})

describe('a device that takes fewer scopes than it asks for', () => {
  const caps = [fewerScopesCap]
  const all = [...operatorScopes]
  const reader = () => {
    const here = door()
    const device = makeDevice()
    here.connect({ device, scopes: ['operator.read'] }, 'remote')
    here.devices.approve(here.devices.list().pending[0]?.requestId ?? '', () => true)
    return { ...here, device }
  }

  test('AU9: is let in with what it holds, by the secret and by its token, and asks nobody for more', () => {
    const { connect, devices, device } = reader()
    const bySecret = connect({ device, caps, scopes: all }, 'remote')
    expect([...peerOf(bySecret).scopes]).toEqual(['operator.read'])
    const own = (bySecret.kind === 'accepted' && bySecret.deviceToken?.token) || ''
    for (const place of ['remote', 'browser', 'here'] as const) {
      const byToken = connect({ device, caps, scopes: all, auth: { token: own } }, place)
      expect([...peerOf(byToken).scopes]).toEqual(['operator.read'])
      expect(byToken).toMatchObject({ deviceToken: { scopes: ['operator.read'] } })
    }
    expect(devices.list().pending).toEqual([])
  })

  test('PA5: one that does not say so waits, and is told what it holds', () => {
    const { connect, device } = reader()
    expect(connect({ device, scopes: all }, 'remote')).toMatchObject({
      answer: { error: { details: { reason: 'scope-upgrade', approvedScopes: ['operator.read'] } } },
    })
  })

  test('PA5: a new device, another role or platform wait all the same, and nothing in common is no way in', () => {
    const { connect, device } = reader()
    const reasonOf = (intro: Introduction) => {
      const verdict = connect({ caps, ...intro }, 'remote')
      return verdict.kind === 'refused' && verdict.answer?.error.details
    }
    expect(reasonOf({ device: makeDevice(), scopes: all })).toMatchObject({ reason: 'not-paired' })
    expect(reasonOf({ device, role: 'node' })).toMatchObject({ reason: 'role-upgrade' })
    expect(reasonOf({ device, client: { platform: 'win32' }, scopes: ['operator.read'] })).toMatchObject({
      reason: 'metadata-upgrade',
    })
    expect(reasonOf({ device, scopes: ['operator.approvals'] })).toMatchObject({ reason: 'scope-upgrade' })
  })
})
