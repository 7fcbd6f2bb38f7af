/** The client's half of the handshake: what it sends after the challenge, and what a refusal means (sections 4 and 16.4). */

import { Fault } from '../shared/fault.ts'
import { type ClientMode, type ConnectParams, type HelloOk, helloOk } from '../shared/protocol/connect.ts'
import { deviceFingerprint } from '../shared/protocol/device-fingerprint.ts'
import { proofText } from '../shared/protocol/device-proof.ts'
import { operatorScopes, type Role } from '../shared/protocol/scope.ts'
import { maxProtocol, minProtocol } from '../shared/protocol/version.ts'
import { isRecord } from '../shared/std/json.ts'
import { readAs } from '../shared/std/read-as.ts'
import type { Secret } from '../shared/std/secret.ts'
import type { Identity } from './identity.ts'

export type Challenge = {
  readonly nonce: string
  readonly ts: number
  readonly gateway?: { readonly publicKey: string; readonly host: string; readonly signature: string } | undefined
}

/** Who we say we are. These ids are known to every server of the ecosystem. */
export type Introduction = {
  readonly id: 'cli' | 'gateway-client' | 'node-host'
  readonly mode: ClientMode
  readonly version: string
  readonly platform: string
  readonly displayName?: string | undefined
  readonly instanceId?: string | undefined
  readonly caps: readonly string[]
  /** What a node may be asked; with it we are a node, without it an operator. */
  readonly commands?: readonly string[] | undefined
}

export function roleOf({ commands }: Introduction): Role {
  return commands ? 'node' : 'operator'
}

/** `pairCode` stands for the approval of this device, and is sent only when a person gave one. */
export type Credentials = {
  readonly token?: Secret | undefined
  readonly password?: Secret | undefined
  readonly pairCode?: Secret | undefined
}

/**
 * Params of `connect`, with fields that protocol 3 knows only. Without a challenge (a local server that sends none) the
 * proof is the older one without nonce, stamped with our own clock.
 */
export function connectParams(
  who: Introduction,
  identity: Identity,
  secret: Credentials,
  challenge: Challenge | undefined,
  now: number,
): ConnectParams {
  const token = secret.token?.reveal()
  const password = secret.password?.reveal()
  const pairCode = secret.pairCode?.reveal()
  const signedAt = challenge?.ts ?? now
  const role = roleOf(who)
  const scopes = role === 'node' ? [] : operatorScopes
  const proof = proofText(challenge ? 'v2' : 'v1', {
    deviceId: identity.deviceId,
    clientId: who.id,
    clientMode: who.mode,
    role,
    scopes,
    signedAtMs: signedAt,
    token: token ?? pairCode ?? '',
    nonce: challenge?.nonce,
  })
  return {
    minProtocol,
    maxProtocol,
    client: {
      id: who.id,
      version: who.version,
      platform: who.platform,
      mode: who.mode,
      ...(who.displayName === undefined ? {} : { displayName: who.displayName }),
      ...(who.instanceId === undefined ? {} : { instanceId: who.instanceId }),
    },
    caps: [...who.caps],
    ...(who.commands && { commands: [...who.commands] }),
    role,
    scopes: [...scopes],
    device: {
      id: identity.deviceId,
      publicKey: identity.publicKey,
      signature: identity.sign(proof),
      signedAt,
      ...(challenge ? { nonce: challenge.nonce } : {}),
    },
    ...authOf({ token, password, bootstrapToken: pairCode }),
  }
}

function authOf(given: NonNullable<ConnectParams['auth']>): Pick<ConnectParams, 'auth'> {
  const auth = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return Object.keys(auth).length === 0 ? {} : { auth }
}

/** The answer to `connect`. Throws `client.not-a-gateway` when it is none. */
export function readHello(payload: unknown, origin: string): HelloOk {
  const hello = readAs(helloOk(), payload)
  if (hello.success) return hello.data
  throw notAGateway(origin, 'answers in a way no gateway does')
}

export function notAGateway(origin: string, what: string): Fault {
  return new Fault('client.not-a-gateway', `${origin} ${what}`, {
    remedy: 'Check host and port; a gateway usually listens on 18789.',
  })
}

/** What a gateway said when it refused: from the response's error, or only the text of its close frame. */
export type Refusal = {
  readonly message: string
  readonly code?: string | undefined
  readonly details?: unknown
  readonly retryAfterMs?: number | undefined
}

/** The refusal inside a failed `connect` call, if the gateway refused at all. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Fault) || error.code !== 'client.call-failed' || !error.details) return undefined
  const { code, message, details } = error.details
  return {
    message: typeof message === 'string' ? message : error.message,
    code: typeof code === 'string' ? code : undefined,
    details,
    retryAfterMs: error.retryAfterMs,
  }
}

/** True when what was sent as a secret did not count. Answers differ by auth mode, so any of them tells. */
export function isSecretRefused(refusal: Refusal): boolean {
  const code = detailCode(refusal)
  if (code !== '') return code.startsWith('AUTH_') && code !== 'AUTH_RATE_LIMITED'
  return refusal.message.startsWith('unauthorized')
}

/** A refusal as the fault a person meets; `secretRemedy` is what to do about the secret where flags are not the way, `sent` what was sent. By `details.code` first, then by the text older gateways send. */
export function refusalFault(refusal: Refusal, origin: string, secretRemedy?: string, sent: Credentials = {}): Fault {
  const code = detailCode(refusal)
  const { message } = refusal
  if (code === 'PAIRING_REQUIRED' || message.startsWith('pairing required')) return pairingFault(refusal, origin)
  if (code === 'AUTH_RATE_LIMITED') {
    return new Fault('client.unauthorized', `${origin} takes no more attempts for now: too many wrong secrets`, {
      remedy: 'Wait for some minutes; then check the token or password.',
      retryable: true,
      retryAfterMs: refusal.retryAfterMs ?? 60_000,
    })
  }
  if (code === 'PROTOCOL_MISMATCH' || message === 'protocol mismatch') {
    return new Fault('client.protocol-mismatch', `${origin} speaks another version of the gateway protocol`, {
      remedy: `This program speaks ${minProtocol} to ${maxProtocol}. Update the older of the two.`,
    })
  }
  if (/SIGNATURE_EXPIRED|NONCE/.test(code) || /^device (nonce|signature expired)/.test(message)) {
    return new Fault('client.clock', `${origin} does not take this device's signature in time (${message})`, {
      remedy: 'Set the clock of this machine and of the gateway, then try again.',
    })
  }
  if (code.startsWith('DEVICE_') || message.startsWith('device ')) {
    return new Fault('client.unauthorized', `${origin} does not accept this device (${message})`, {
      remedy: 'If this machine was restored from a copy, move away its identity folder and approve it again.',
    })
  }
  if (code.startsWith('AUTH_') || message.startsWith('unauthorized'))
    return secretFault(refusal, origin, secretRemedy, sent)
  return new Fault('client.closed', `${origin} refused the connection: ${message || 'no reason given'}`, {
    remedy: 'It is tried again by itself; the gateway log tells more.',
    retryable: true,
    ...(refusal.retryAfterMs === undefined ? {} : { retryAfterMs: refusal.retryAfterMs }),
  })
}

function secretFault(refusal: Refusal, origin: string, ownRemedy: string | undefined, sent: Credentials): Fault {
  const isMissing = /MISSING|AUTH_REQUIRED/.test(detailCode(refusal)) || / missing\b/.test(refusal.message)
  const kind = /password/i.test(`${detailCode(refusal)} ${refusal.message}`) ? 'password' : 'token'
  const other = kind === 'token' ? 'password' : 'token'
  const isOther = sent[kind] === undefined && sent[other] !== undefined
  const wants = `${origin} wants a ${kind}${isOther ? `, not a ${other}` : ''}`
  const sentence = isMissing || isOther ? wants : `${origin} does not accept this ${kind}`
  return new Fault('client.unauthorized', sentence, {
    remedy: ownRemedy ?? `Give the gateway's ${kind} with --${kind}, or set CLAWDBOT_GATEWAY_${kind.toUpperCase()}.`,
    details: { kind, isMissing },
  })
}

function pairingFault(refusal: Refusal, origin: string): Fault {
  const { requestId: id, deviceId: own, pairingCode } = isRecord(refusal.details) ? refusal.details : {}
  const isId = typeof own === 'string' && /^[0-9a-f]{64}$/.test(own)
  const fingerprint = isId ? deviceFingerprint(own) : undefined
  const requestId = typeof id === 'string' && /^[\w-]{1,128}$/.test(id) ? id : undefined
  const waits = `it waits for approval${fingerprint === undefined ? '' : ` as ${fingerprint}`}`
  const sentence =
    pairingCode === 'refused'
      ? `That pairing code is wrong, used or too old for ${origin}, or this device was revoked there; ${waits}`
      : `${origin} does not know this device yet; ${waits}`
  return new Fault('client.pairing-required', sentence, {
    remedy: `On the gateway's machine run: clawdbot devices approve ${requestId ?? '<request id from: clawdbot devices list>'}`,
    details: {
      ...(requestId === undefined ? {} : { requestId }),
      ...(fingerprint === undefined ? {} : { fingerprint }),
      ...(pairingCode === undefined ? {} : { takesCode: true }),
    },
  })
}

function detailCode({ details }: Refusal): string {
  return isRecord(details) && typeof details.code === 'string' ? details.code : ''
}
