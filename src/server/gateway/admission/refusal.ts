/** How a refused handshake is worded and closed; clients match on these texts (sections 1.3, 4.5 and 4.6). */

import type { ClientMode, RefusalCode } from '../../../shared/protocol/connect.ts'
import type { ErrorCode, WireError } from '../../../shared/protocol/frame.ts'
import type { ProtocolVersion } from '../../../shared/protocol/version.ts'
import { truncateBytes } from '../../../shared/std/text.ts'
import type { SecretCheck } from './auth.ts'

/** Longest close reason the ecosystem sends, bytes of UTF-8; RFC 6455 allows 123. */
const maxReasonBytes = 120

export type Refusal = {
  error: WireError
  close: { code: number; reason: string }
}

export function refusal(
  code: ErrorCode,
  message: string,
  options: { details?: Record<string, unknown>; closeCode?: number; closeReason?: string; retryAfterMs?: number } = {},
): Refusal {
  const error: WireError = { code, message }
  if (options.details) error.details = options.details
  if (options.retryAfterMs !== undefined) {
    error.retryable = true
    error.retryAfterMs = options.retryAfterMs
  }
  return { error, close: { code: options.closeCode ?? 1008, reason: closeReason(options.closeReason ?? message) } }
}

export function closeReason(text: string): string {
  return truncateBytes(text, maxReasonBytes)
}

const proofTexts: Partial<Record<RefusalCode, string>> = {
  DEVICE_AUTH_DEVICE_ID_MISMATCH: 'device identity mismatch',
  DEVICE_AUTH_SIGNATURE_EXPIRED: 'device signature expired',
  DEVICE_AUTH_NONCE_REQUIRED: 'device nonce required',
  DEVICE_AUTH_NONCE_MISMATCH: 'device nonce mismatch',
  DEVICE_AUTH_SIGNATURE_INVALID: 'device signature invalid',
  DEVICE_AUTH_PUBLIC_KEY_INVALID: 'device public key invalid',
}

export function proofRefusal(code: RefusalCode, protocol: ProtocolVersion): Refusal {
  return refusal('INVALID_REQUEST', proofTexts[code] ?? 'device signature invalid', detailsFor(protocol, { code }))
}

export function deviceRequired(): Refusal {
  return refusal('NOT_PAIRED', 'device identity required', { details: { code: 'DEVICE_IDENTITY_REQUIRED' } })
}

export function protocolMismatch(client: { min: unknown; max: unknown }): Refusal {
  return refusal('INVALID_REQUEST', 'protocol mismatch', {
    closeCode: 1002,
    details: {
      code: 'PROTOCOL_MISMATCH',
      expectedProtocol: 4,
      minimumProbeProtocol: 3,
      clientMinProtocol: client.min,
      clientMaxProtocol: client.max,
    },
  })
}

export function rateLimited(protocol: ProtocolVersion, retryAfterMs: number): Refusal {
  return refusal('INVALID_REQUEST', 'unauthorized: too many failed attempts, try again later', {
    retryAfterMs: Math.ceil(retryAfterMs),
    ...detailsFor(protocol, {
      code: 'AUTH_RATE_LIMITED',
      authReason: 'rate_limited',
      canRetryWithDeviceToken: false,
      recommendedNextStep: 'wait_then_retry',
    }),
  })
}

export type CredentialFacts = {
  check: Exclude<SecretCheck, 'match'>
  mode: 'token' | 'password'
  protocol: ProtocolVersion
  client: { id: string; mode: ClientMode }
  /** A device is present and has not just tried its own token. */
  canRetryWithDeviceToken: boolean
}

export function unauthorized(facts: CredentialFacts): Refusal {
  const { check, mode, protocol } = facts
  const state = { missing: 'missing', mismatch: 'mismatch', 'not-configured': 'not configured on gateway' }[check]
  const hint = check === 'not-configured' ? `set gateway.auth.${mode}` : credentialHint(mode, facts.client)
  const reason = { missing: 'missing', mismatch: 'mismatch', 'not-configured': 'not_configured' }[check]
  const canRetry = facts.canRetryWithDeviceToken && check !== 'not-configured'
  const nextStep = check === 'not-configured' ? 'update_auth_configuration' : 'update_auth_credentials'
  return refusal(
    'INVALID_REQUEST',
    `unauthorized: gateway ${mode} ${state} (${hint})`,
    detailsFor(protocol, {
      code: `AUTH_${mode}_${reason}`.toUpperCase(),
      authReason: `${mode}_${reason}`,
      canRetryWithDeviceToken: canRetry,
      recommendedNextStep: canRetry ? 'retry_with_device_token' : nextStep,
    }),
  )
}

function credentialHint(mode: 'token' | 'password', client: { id: string; mode: ClientMode }): string {
  if (client.mode === 'cli') return `set gateway.remote.${mode} to match gateway.auth.${mode}`
  const isPage = client.mode === 'webchat' || client.id.endsWith('-control-ui')
  if (!isPage) return `provide gateway auth ${mode}`
  return mode === 'token'
    ? 'open a tokenized dashboard URL or paste token in Control UI settings'
    : 'enter the password in Control UI settings'
}

export type PairingReason = 'not-paired' | 'role-upgrade' | 'scope-upgrade' | 'metadata-upgrade'

/** Short, so that the request id still fits into the close reason. */
const pairingTexts: Record<PairingReason, string> = {
  'not-paired': 'device is not approved yet',
  'role-upgrade': 'device asks for a new role',
  'scope-upgrade': 'device asks for more scopes',
  'metadata-upgrade': 'device changed its platform',
}

export function pairingRequired(facts: {
  protocol: ProtocolVersion
  reason: PairingReason
  requestId: string
  deviceId: string
  role: string
  scopes: readonly string[]
  /** What the same key was granted before. */
  approved: { roles?: readonly string[] | undefined; scopes?: readonly string[] | undefined } | undefined
  /** What became of a pairing code; that there is anything tells our clients that one may be typed. */
  codeAnswer: 'none' | 'refused'
}): Refusal {
  const { requestId, reason, approved, codeAnswer } = facts
  if (facts.protocol === 3) return refusal('NOT_PAIRED', 'pairing required', { details: { requestId } })
  const what = codeAnswer === 'refused' ? 'the pairing code is wrong, used or too old' : pairingTexts[reason]
  const message = `pairing required: ${what}`
  return refusal('NOT_PAIRED', message, {
    closeReason: `${message} (requestId: ${requestId})`,
    details: {
      code: 'PAIRING_REQUIRED',
      reason,
      requestId,
      remediationHint: `On the gateway run: clawdbot devices approve ${requestId}`,
      deviceId: facts.deviceId,
      requestedRole: facts.role,
      requestedScopes: facts.scopes,
      ...(approved && { approvedRoles: approved.roles ?? [], approvedScopes: approved.scopes ?? [] }),
      pairingCode: codeAnswer,
    },
  })
}

/** Protocol 3 refusals are text only. */
function detailsFor(protocol: ProtocolVersion, details: Record<string, unknown>) {
  return protocol === 4 ? { details } : {}
}
