/** Checks that a connecting device holds the key it names (section 4.5). */

import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { ConnectParams, RefusalCode } from '../../../shared/protocol/connect.ts'
import { type ProofFields, type ProofVersion, proofText } from '../../../shared/protocol/device-proof.ts'
import type { ProtocolVersion } from '../../../shared/protocol/version.ts'

/** How far `signedAt` may be from our clock, by protocol. */
const skewMs: Record<ProtocolVersion, number> = { 3: 600_000, 4: 120_000 }
/** The same for a proof without our nonce, which only a program of this machine may send: it has the same clock (PA2). */
const bareSkewMs = 60_000

/** The raw public key in base64url without padding; undefined when it is no Ed25519 key. PEM is taken too. */
export function normalizePublicKey(text: string): string | undefined {
  try {
    if (text.includes('-----BEGIN')) {
      const jwk = createPublicKey(text).export({ format: 'jwk' })
      return jwk.crv === 'Ed25519' ? jwk.x : undefined
    }
    const raw = Buffer.from(text, 'base64url')
    return raw.length === 32 ? raw.toString('base64url') : undefined
  } catch {
    return undefined // not a key at all, which is what undefined says
  }
}

/** Lowercase hex SHA-256 of the 32 key bytes. */
export function deviceIdOf(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex')
}

export type ProofFacts = {
  protocol: ProtocolVersion
  role: string
  nonce: string
  now: number
  isLocal: boolean
}

/** What is wrong with the proof, in the order the ecosystem checks; undefined when it holds. */
export function findProofFlaw(params: ConnectParams, facts: ProofFacts): RefusalCode | undefined {
  const { device } = params
  if (!device) return 'DEVICE_IDENTITY_REQUIRED'
  const publicKey = normalizePublicKey(device.publicKey)
  if (!publicKey) return 'DEVICE_AUTH_PUBLIC_KEY_INVALID'
  if (deviceIdOf(publicKey) !== device.id) return 'DEVICE_AUTH_DEVICE_ID_MISMATCH'
  const nonceNeeded = facts.protocol === 4 || !facts.isLocal
  const allowedMs = device.nonce || nonceNeeded ? skewMs[facts.protocol] : bareSkewMs
  if (Math.abs(facts.now - device.signedAt) > allowedMs) return 'DEVICE_AUTH_SIGNATURE_EXPIRED'
  if (!device.nonce && nonceNeeded) return 'DEVICE_AUTH_NONCE_REQUIRED'
  if (device.nonce && device.nonce !== facts.nonce) return 'DEVICE_AUTH_NONCE_MISMATCH'
  return isSigned(params, publicKey, facts) ? undefined : 'DEVICE_AUTH_SIGNATURE_INVALID'
}

/** The payload version is not announced, so each known one is tried; v1 has no nonce and serves only those without. */
function isSigned(params: ConnectParams, publicKey: string, facts: ProofFacts): boolean {
  const { device, auth, client } = params
  if (!device) return false
  const fields: ProofFields = {
    deviceId: device.id,
    clientId: client.id,
    clientMode: client.mode,
    role: facts.role,
    scopes: params.scopes ?? [],
    signedAtMs: device.signedAt,
    token: auth?.token ?? auth?.deviceToken ?? auth?.bootstrapToken ?? '',
    nonce: device.nonce,
    platform: client.platform,
    deviceFamily: client.deviceFamily,
  }
  const versions: ProofVersion[] = device.nonce ? ['v3', 'v2'] : ['v1']
  const key = keyObject(publicKey)
  const signature = Buffer.from(device.signature, 'base64url')
  return versions.some((version) => verify(null, Buffer.from(proofText(version, fields)), key, signature))
}

function keyObject(publicKey: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' })
}
