/** The text a device signs to prove who it is (section 4.5). Payload versions are numbered apart from the protocol. */

export type ProofFields = {
  deviceId: string
  clientId: string
  clientMode: string
  role: string
  /** As sent, in the order sent; an absent list signs as the empty string. */
  scopes: readonly string[]
  /** Decimal of `device.signedAt`. */
  signedAtMs: number
  /** `auth.token`, else a device or bootstrap token; empty if none. Never the password. */
  token: string
  nonce?: string | undefined
  platform?: string | undefined
  deviceFamily?: string | undefined
}

export type ProofVersion = 'v1' | 'v2' | 'v3'

/** The exact UTF-8 string covered by the signature of payload version `version`. */
export function proofText(version: ProofVersion, fields: ProofFields): string {
  const parts = [
    version,
    fields.deviceId,
    fields.clientId,
    fields.clientMode,
    fields.role,
    fields.scopes.join(','),
    String(fields.signedAtMs),
    fields.token,
  ]
  if (version !== 'v1') parts.push(fields.nonce ?? '')
  if (version === 'v3') parts.push(normalize(fields.platform), normalize(fields.deviceFamily))
  return parts.join('|')
}

function normalize(text: string | undefined): string {
  return (text ?? '').trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}
