import { createPublicKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { deviceIdOf, findProofFlaw, normalizePublicKey } from '../../../../src/server/gateway/admission/proof.ts'
import type { ConnectParams } from '../../../../src/shared/protocol/connect.ts'
import { connectParamsOf, makeDevice } from '../../../support/device.ts'

/** The published vector: RFC 8032 test key 1 (wire reference, section 4.5). */
const publicKey = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
const deviceId = '21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9'
const nonce = '11111111-2222-4333-8444-555555555555'
const now = 1_769_500_000_000
const signatures = {
  v1: 'mkk3O-KwiQh43e-_d2R4PdRN0g0hNNHhaA3dPTh8SoZMiV70BMK9BBWtCR3boA1EgALm5y1MN8Atg5L2I0ASAA',
  v2: 'Zus39on44BMC5xOEHnGeS8wXQnN17y0NIXV-0KKOOBsuRdwHz-6L5Wkjl8ip3qUA7JAgxIrhqXmgN_IBt6QxBQ',
  v3: 'Kp13xeb6lBO3hxQQ9YLPXo_Ds3r48Yvq63jBzy_fxD3wrLPsQkyiBzO0ioM2ECLdMiOfChuimGz1ymgkTLIQAQ',
}
const vector = (version: keyof typeof signatures): ConnectParams => ({
  minProtocol: 3,
  maxProtocol: 3,
  client: { id: 'cli', version: 'dev', platform: 'linux', mode: 'cli' },
  role: 'operator',
  scopes: ['operator.admin', 'operator.approvals', 'operator.pairing'],
  auth: { token: 'example-token' },
  device: {
    id: deviceId,
    publicKey,
    signature: signatures[version],
    signedAt: now,
    ...(version !== 'v1' && { nonce }),
  },
})
const facts = { protocol: 3 as const, role: 'operator', nonce, now, isLocal: true }

test.each(['v1', 'v2', 'v3'] as const)('the published %s signature verifies', (version) => {
  expect(findProofFlaw(vector(version), facts)).toBeUndefined()
})

test('payload v3 verifies on protocol 3 too, and v2 on protocol 4 (trap 9)', () => {
  expect(findProofFlaw(vector('v3'), facts)).toBeUndefined()
  expect(findProofFlaw(vector('v2'), { ...facts, protocol: 4 })).toBeUndefined()
})

test('a key in PEM is the same key', () => {
  const pem = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  })
  expect(normalizePublicKey(String(pem))).toBe(publicKey)
  expect(deviceIdOf(publicKey)).toBe(deviceId)
})

describe('PA2: each flaw is found, in the order real servers report them', () => {
  const device = makeDevice()
  const good = () =>
    connectParamsOf({ device, nonce, signedAt: now, protocol: 4, scopes: ['operator.read', 'operator.write'] })
  const remote = { ...facts, protocol: 4 as const, isLocal: false }
  test('none in a good proof', () => expect(findProofFlaw(good(), remote)).toBeUndefined())

  type Change = Omit<Partial<ConnectParams>, 'device' | 'client'> & { device?: object; client?: object }
  const flaws: [string, string, Change][] = [
    ['no key at all', 'DEVICE_AUTH_PUBLIC_KEY_INVALID', { device: { publicKey: 'x' } }],
    ['a PEM that is none', 'DEVICE_AUTH_PUBLIC_KEY_INVALID', { device: { publicKey: '-----BEGIN x' } }],
    ['another id', 'DEVICE_AUTH_DEVICE_ID_MISMATCH', { device: { id: deviceId } }],
    ['an old stamp', 'DEVICE_AUTH_SIGNATURE_EXPIRED', { device: { signedAt: now - 120_001 } }],
    ['a stamp from the future', 'DEVICE_AUTH_SIGNATURE_EXPIRED', { device: { signedAt: now + 120_001 } }],
    ['no nonce', 'DEVICE_AUTH_NONCE_REQUIRED', { device: { nonce: undefined } }],
    ['another nonce', 'DEVICE_AUTH_NONCE_MISMATCH', { device: { nonce: 'other' } }],
    ['a stamp it did not sign', 'DEVICE_AUTH_SIGNATURE_INVALID', { device: { signedAt: now + 1 } }],
    ['no signature', 'DEVICE_AUTH_SIGNATURE_INVALID', { device: { signature: 'AAAA' } }],
    ['another role than signed', 'DEVICE_AUTH_SIGNATURE_INVALID', {}],
    ['its scopes in another order', 'DEVICE_AUTH_SIGNATURE_INVALID', { scopes: ['operator.write', 'operator.read'] }],
    ['another mode than signed', 'DEVICE_AUTH_SIGNATURE_INVALID', { client: { mode: 'cli' } }],
    ['a pairing code it did not sign', 'DEVICE_AUTH_SIGNATURE_INVALID', { auth: { bootstrapToken: 'K7QF-3M9X' } }],
    ['more scopes than signed', 'DEVICE_AUTH_SIGNATURE_INVALID', { scopes: ['operator.admin'] }],
    ['another token than signed', 'DEVICE_AUTH_SIGNATURE_INVALID', { auth: { token: 'other' } }],
    ['another client than signed', 'DEVICE_AUTH_SIGNATURE_INVALID', { client: { id: 'webchat' } }],
    ['another platform than signed', 'DEVICE_AUTH_SIGNATURE_INVALID', { client: { platform: 'win32' } }],
  ]
  test.each(flaws)('%s: %s', (name, code, change) => {
    const { device: proof, client, ...rest } = good()
    const spoilt = {
      ...rest,
      ...change,
      client: { ...client, ...change.client },
      device: { ...proof, ...change.device },
    } as ConnectParams
    const role = name === 'another role than signed' ? 'node' : 'operator'
    expect(findProofFlaw(spoilt, { ...remote, role })).toBe(code)
  })

  test('PA2: splice: no part of one good proof goes with another one', () => {
    const other = makeDevice()
    const [mine, theirs] = [good(), connectParamsOf({ device: other, nonce, signedAt: now, protocol: 4 })]
    for (const part of ['id', 'publicKey', 'signature'] as const) {
      const spliced = { ...mine, device: { ...mine.device, [part]: theirs.device?.[part] } } as ConnectParams
      expect(findProofFlaw(spliced, remote)).toMatch(/DEVICE_ID_MISMATCH|SIGNATURE_INVALID/)
    }
  })

  test('protocol 3 allows ten minutes of drift, and no nonce from here for a minute', () => {
    const late = connectParamsOf({ device, nonce, signedAt: now - 599_000, protocol: 3 })
    expect(findProofFlaw(late, { ...facts, isLocal: false })).toBeUndefined()
    const bare = connectParamsOf({ device, signedAt: now, protocol: 3 })
    for (const drift of [0, 60_000, -60_000]) {
      expect(findProofFlaw(bare, { ...facts, now: now + drift })).toBeUndefined()
      const beyond = now + drift + Math.sign(drift || 1) * 60_001
      expect(findProofFlaw(bare, { ...facts, now: beyond })).toBe('DEVICE_AUTH_SIGNATURE_EXPIRED')
    }
    expect(findProofFlaw(bare, { ...facts, isLocal: false })).toBe('DEVICE_AUTH_NONCE_REQUIRED')
  })
})
