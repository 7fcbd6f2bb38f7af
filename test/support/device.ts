/** A device with its own key, and the `connect` params it would send. */

import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { ConnectParams } from '../../src/shared/protocol/connect.ts'
import { type ProofVersion, proofText } from '../../src/shared/protocol/device-proof.ts'

export type TestDevice = { id: string; publicKey: string; privateKey: KeyObject }

export function makeDevice(): TestDevice {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'jwk' }).x ?? ''
  const id = createHash('sha256').update(Buffer.from(raw, 'base64url')).digest('hex')
  return { id, publicKey: raw, privateKey }
}

export type Introduction = {
  protocol?: 3 | 4
  range?: { min: number; max: number }
  device?: TestDevice
  nonce?: string
  signedAt?: number
  proof?: ProofVersion
  role?: string
  scopes?: string[]
  caps?: string[]
  commands?: string[]
  auth?: NonNullable<ConnectParams['auth']>
  client?: Partial<ConnectParams['client']>
}

/** Well-formed params; what a test wants wrong it changes afterwards. */
export function connectParamsOf(intro: Introduction): ConnectParams {
  const { protocol = 4, device, nonce, role = 'operator', scopes, caps, commands, auth } = intro
  const client = { id: 'gateway-client', mode: 'ui' as const, version: '1.0.0', platform: 'linux', ...intro.client }
  const range = intro.range ?? { min: 3, max: protocol }
  const params: ConnectParams = { minProtocol: range.min, maxProtocol: range.max, client, role }
  if (scopes) params.scopes = scopes
  if (caps) params.caps = caps
  if (commands) params.commands = commands
  if (auth) params.auth = auth
  if (!device) return params
  const signedAt = intro.signedAt ?? Date.now()
  const text = proofText(intro.proof ?? (protocol === 4 ? 'v3' : nonce ? 'v2' : 'v1'), {
    deviceId: device.id,
    clientId: client.id,
    clientMode: client.mode,
    role,
    scopes: scopes ?? [],
    signedAtMs: signedAt,
    token: auth?.token ?? auth?.deviceToken ?? auth?.bootstrapToken ?? '',
    nonce,
    platform: client.platform,
    deviceFamily: client.deviceFamily,
  })
  params.device = {
    id: device.id,
    publicKey: device.publicKey,
    signature: sign(null, Buffer.from(text), device.privateKey).toString('base64url'),
    signedAt,
    ...(nonce !== undefined && { nonce }),
  }
  return params
}
