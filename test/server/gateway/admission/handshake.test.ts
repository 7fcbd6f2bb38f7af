import { describe, expect, test } from 'vitest'
import { clientIds } from '../../../../src/shared/protocol/connect.ts'
import { connectParamsOf, type Introduction, makeDevice } from '../../../support/device.ts'
import { door, peerOf, refusalOf, token } from '../../../support/door.ts'

describe('TR6: before the handshake nothing but connect is taken', () => {
  test.each([
    ['text that is no JSON', 'hello', undefined, { code: 1000, reason: '' }],
    ['JSON that is no request', '[]', undefined, { code: 1008, reason: 'invalid request frame' }],
    ['a deep nest', '['.repeat(65) + ']'.repeat(65), undefined, { code: 1000, reason: '' }],
    [
      'another method',
      '{"type":"req","id":"1","method":"health"}',
      'invalid handshake: first request must be connect',
      { code: 1008, reason: 'invalid handshake: first request must be connect' },
    ],
  ])('%s', (_, text, message, close) => {
    expect(refusalOf(door().judge(text))).toMatchObject({ message, close })
  })
  test('wrong params are named, and the close reason is cut to 120 bytes', () => {
    const params = { minProtocol: 3, maxProtocol: 4, nope: 1, client: { id: 'é'.repeat(100) } }
    const verdict = door().judge(JSON.stringify({ type: 'req', id: '1', method: 'connect', params }))
    const { message, close } = refusalOf(verdict) as { message: string; close: { code: number; reason: string } }
    expect(message).toContain("unexpected property 'nope'")
    expect(close.code).toBe(1008)
    expect(Buffer.byteLength(close.reason)).toBeLessThanOrEqual(120)
  })
})

describe('OP9: two ends agree on a protocol, or are told which the gateway speaks', () => {
  test.each([
    [3, 3, 3],
    [3, 4, 4],
    [4, 4, 4],
    [1, 99, 4],
  ])('a client of %i to %i speaks %i', (min, max, expected) => {
    expect(peerOf(door().connect({ range: { min, max } })).protocol).toBe(expected)
  })
  test.each([
    [1, 2],
    [5, 9],
    [99, 99],
  ])('a client of %i to %i is told what is spoken here, and closed with 1002', (min, max) => {
    expect(door().connect({ range: { min, max } })).toMatchObject({
      answer: {
        error: {
          code: 'INVALID_REQUEST',
          message: 'protocol mismatch',
          details: { code: 'PROTOCOL_MISMATCH', expectedProtocol: 4, clientMinProtocol: min, clientMaxProtocol: max },
        },
      },
      close: { code: 1002, reason: 'protocol mismatch' },
    })
  })
  test('a newer client is told so even if its params are strange', () => {
    const params = { minProtocol: 5, maxProtocol: 6, quantum: true }
    const verdict = door().judge(JSON.stringify({ type: 'req', id: '1', method: 'connect', params }))
    expect(refusalOf(verdict)).toMatchObject({ message: 'protocol mismatch' })
  })
})

test.each(clientIds)('the client id %s of the ecosystem is accepted (trap 1)', (id) => {
  expect(peerOf(door().connect({ client: { id } })).client.id).toBe(id)
})

test('a role nobody knows is refused', () => {
  expect(refusalOf(door().connect({ role: 'king' }))).toMatchObject({ message: 'invalid role' })
})

describe('credentials', () => {
  const device = makeDevice()
  test.each([
    ['cli', 'none', 'unauthorized: gateway token missing (set gateway.remote.token to match gateway.auth.token)', {}],
    ['ui', 'wrong', 'unauthorized: gateway token mismatch (provide gateway auth token)', { token: 'wrong' }],
    [
      'webchat',
      'wrong',
      'unauthorized: gateway token mismatch (open a tokenized dashboard URL or paste token in Control UI settings)',
      { password: 'wrong' },
    ],
  ] as const)('a %s client with %s token reads %s', (mode, _, message, auth) => {
    for (const protocol of [3, 4] as const) {
      expect(refusalOf(door().connect({ protocol, device, auth, client: { mode } }))).toMatchObject({
        code: 'INVALID_REQUEST',
        message,
        close: { code: 1008 },
      })
    }
  })
  test('password mode has its own words', () => {
    const { connect, ports } = door()
    ports.secret.mode = 'password'
    expect(refusalOf(connect({ auth: { password: 'no' }, client: { mode: 'cli' } }))).toMatchObject({
      message: 'unauthorized: gateway password mismatch (set gateway.remote.password to match gateway.auth.password)',
    })
    expect(peerOf(connect({ auth: { token } })).authMethod).toBe('password')
  })
  test('protocol 4 gets machine-readable details, protocol 3 text only', () => {
    const { connect } = door()
    expect(connect({ protocol: 4, device, auth: { token: 'wrong' } })).toMatchObject({
      answer: {
        error: {
          details: {
            code: 'AUTH_TOKEN_MISMATCH',
            authReason: 'token_mismatch',
            canRetryWithDeviceToken: true,
            recommendedNextStep: 'retry_with_device_token',
          },
        },
      },
    })
    const v3 = connect({ protocol: 3, device, auth: { token: 'wrong' } })
    expect(v3.kind === 'refused' && v3.answer?.error).not.toHaveProperty('details')
  })

  test('a stored token of another gateway fails first and the shared one then works, as often as it happens (trap 9)', () => {
    const { connect } = door()
    for (let i = 0; i < 9; i++) {
      expect(connect({ device, auth: { token: `stored elsewhere ${i}` } }, 'remote').kind).toBe('refused')
    }
    expect(refusalOf(connect({ device }, 'remote'))).toMatchObject({ code: 'NOT_PAIRED' })
    expect(connect({ device }).kind).toBe('accepted')
  })

  test('AU4: after ten wrong tokens a remote source is told when to come back, even with the right one', () => {
    const { connect, clock } = door()
    for (let i = 0; i < 10; i++) connect({ device, auth: { token: `guess ${i}` } }, 'remote')
    expect(connect({ device }, 'remote')).toMatchObject({
      answer: { error: { details: { code: 'AUTH_RATE_LIMITED' }, retryable: true, retryAfterMs: 300_000 } },
    })
    clock.advance(300_000)
    expect(refusalOf(connect({ device }, 'remote'))).toMatchObject({ code: 'NOT_PAIRED' })
  })

  test('AU6: a page that guesses locks out pages, while the owner on the same machine still gets in', () => {
    const { connect } = door()
    const guesses = Array.from({ length: 1000 }, (_, i) => connect({ device, auth: { token: `${i}` } }, 'browser'))
    const limited = guesses.filter(
      (verdict) => verdict.kind === 'refused' && verdict.answer?.error.message.includes('too many failed attempts'),
    )
    expect(limited.length).toBeGreaterThanOrEqual(990)
    expect(connect({ device }).kind).toBe('accepted')
  })

  test('AU6: a program here that guesses is answered ever more slowly, and never locked out', () => {
    const { connect } = door()
    const delays = Array.from({ length: 20 }, (_, i) => {
      const verdict = connect({ device, auth: { token: `${i}` } })
      return verdict.kind === 'refused' ? verdict.delayMs : -1
    })
    expect(delays.at(0)).toBe(0)
    expect(delays.at(-1)).toBe(1000)
    expect(connect({ device }).kind).toBe('accepted')
  })

  const wrongTypes = [null, 1, true, [], {}, ['x'], { token: 'x' }, 'x'.repeat(1_000_000)]
  test.each(['token', 'password', 'deviceToken', 'bootstrapToken'])(
    'AU2: no value of the field %s gets in by its presence',
    (field) => {
      for (const value of wrongTypes) {
        const params = { ...connectParamsOf({}), auth: { [field]: value } }
        const verdict = door().judge(JSON.stringify({ type: 'req', id: '1', method: 'connect', params }))
        expect(verdict.kind).toBe('refused')
      }
    },
  )
})

describe('without a device', () => {
  test('a program here may come with the shared secret alone', () => {
    expect(peerOf(door().connect({ scopes: ['operator.read'] })).scopes).toEqual(new Set(['operator.read']))
  })
  test.each(['browser', 'remote'] as const)('from a %s the shared secret alone is not enough', (place) => {
    expect(door().connect({}, place)).toMatchObject({
      answer: {
        error: {
          code: 'NOT_PAIRED',
          message: 'device identity required',
          details: { code: 'DEVICE_IDENTITY_REQUIRED' },
        },
      },
      close: { code: 1008, reason: 'device identity required' },
    })
  })
})

describe('scopes', () => {
  test.each([
    [3, undefined, ['operator.admin']],
    [3, [], ['operator.admin']],
    [4, undefined, []],
    [4, [], []],
    [4, ['operator.read', 'operator.read'], ['operator.read']],
    [4, ['operator.talk', 'root', 'operator.read'], ['operator.read']],
  ] as const)('protocol %i, asking %j, gets %j', (protocol, scopes, expected) => {
    const intro: Introduction = { protocol, auth: { token } }
    const { judge } = door()
    const params = connectParamsOf({ ...intro, ...(scopes && { scopes: [...scopes] }) })
    const verdict = judge(JSON.stringify({ type: 'req', id: '1', method: 'connect', params }))
    expect([...peerOf(verdict).scopes]).toEqual(expected)
  })

  test('AU9: a node gets no operator scope, however it asks', () => {
    const device = makeDevice()
    const peer = peerOf(door().connect({ role: 'node', device, scopes: ['operator.admin'], client: { mode: 'node' } }))
    expect(peer).toMatchObject({ role: 'node', scopes: new Set() })
  })

  test('AU9: asking for admin in eight ways grants a reading device nothing', () => {
    const { connect, devices } = door()
    const device = makeDevice()
    connect({ device, scopes: ['operator.read'] }, 'remote')
    devices.approve(devices.list().pending[0]?.requestId ?? '', () => true)
    expect([...peerOf(connect({ device, scopes: ['operator.read'] }, 'remote')).scopes]).toEqual(['operator.read'])
    const asks: Introduction[] = [
      { scopes: ['operator.admin'] },
      { scopes: ['operator.read', 'operator.admin'] },
      { scopes: ['operator.write'] },
      { scopes: ['operator.pairing'] },
      { scopes: ['operator.approvals'] },
      { scopes: [], protocol: 3 },
      { scopes: ['operator.admin'], protocol: 3 },
      { scopes: ['operator.admin'], client: { mode: 'probe', id: 'cli' } },
    ]
    for (const ask of asks) {
      expect(refusalOf(connect({ device, ...ask }, 'remote'))).toMatchObject({ code: 'NOT_PAIRED' })
    }
    expect([...peerOf(connect({ device, scopes: ['Operator.Admin', 'admin'] }, 'remote')).scopes]).toEqual([])
  })
})
