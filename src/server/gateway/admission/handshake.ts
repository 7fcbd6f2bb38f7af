/**
 * The handshake as one decision: the first message of a socket and the facts around it go in, `accepted` or `refused`
 * comes out. The order of the checks is section 4.6's: protocol, role, device presence, proof, credentials, pairing, token.
 */

import { type ConnectParams, connectParams } from '../../../shared/protocol/connect.ts'
import { parseRequest, type RequestFrame, type WireError } from '../../../shared/protocol/frame.ts'
import { describeIssues } from '../../../shared/protocol/issues.ts'
import type { Role } from '../../../shared/protocol/scope.ts'
import { negotiate, type ProtocolVersion } from '../../../shared/protocol/version.ts'
import { isRecord } from '../../../shared/std/json.ts'
import { readAs } from '../../../shared/std/read-as.ts'
import type { NodeOffer, Peer } from '../context.ts'
import type { DeviceBook, IssuedToken } from '../device-book.ts'
import type { SharedSecret } from '../server-parts.ts'
import { digestOf } from './auth.ts'
import type { CodeGrant, PairingCodes } from './codes.ts'
import { askedScopes, covers } from './grant.ts'
import type { CredentialClass, FailureLimiter } from './limiter.ts'
import type { Source } from './local.ts'
import { type AdmittedDevice, fewerScopes, type PairingNews, pairDevice } from './pairing.ts'
import type { GivenSecret, PasswordCheck, PasswordChecker } from './password-check.ts'
import { findProofFlaw } from './proof.ts'
import {
  deviceRequired,
  proofRefusal,
  protocolMismatch,
  type Refusal,
  rateLimited,
  refusal,
  unauthorized,
} from './refusal.ts'

export type HandshakeFacts = {
  connId: string
  nonce: string
  /** Wall time, milliseconds. */
  now: number
  source: Source
  /** What came of hashing the password, for a message that was `undecided` before. */
  checked?: PasswordCheck
}

export type HandshakePorts = {
  secret: SharedSecret | undefined
  passwords: Pick<PasswordChecker, 'check'>
  devices: DeviceBook
  codes: PairingCodes
  limiter: FailureLimiter
}

export type Verdict =
  | {
      kind: 'accepted'
      requestId: string
      peer: Peer
      deviceToken: IssuedToken | undefined
      news: PairingNews[]
      /** The pairing code that let it in. */
      code?: CodeGrant | undefined
    }
  | {
      kind: 'refused'
      /** Absent when the first message was no request, so that there is nothing to answer. */
      answer?: { id: string; error: WireError }
      close: { code: number; reason: string }
      /** Milliseconds to wait before saying so; slows down guessing. */
      delayMs: number
      news: PairingNews[]
    }
  /** Only hashing the password tells; the same message is judged again with what came of it. */
  | { kind: 'undecided'; given: GivenSecret }

/** Decides about the first message of a socket. */
export function judgeFirstMessage(text: string, facts: HandshakeFacts, ports: HandshakePorts): Verdict {
  const parsed = parseRequest(text)
  if (parsed.kind === 'not-json') return refused({ close: { code: 1000, reason: '' } })
  if (parsed.kind === 'invalid') return refused({ close: { code: 1008, reason: 'invalid request frame' } })
  const { frame } = parsed
  if (frame.method !== 'connect') {
    return answered(frame.id, refusal('INVALID_REQUEST', 'invalid handshake: first request must be connect'))
  }
  const read = readConnect(frame)
  if (read.kind === 'refused') return answered(frame.id, read.refusal)
  return judgeConnect(frame.id, read, facts, ports)
}

type ReadConnect = { kind: 'read'; params: ConnectParams; protocol: ProtocolVersion }

/** The version is agreed on before the params are checked closely: a stranger's newer fields are no reason to puzzle it. */
function readConnect({ params }: RequestFrame): ReadConnect | { kind: 'refused'; refusal: Refusal } {
  if (isRecord(params) && typeof params.minProtocol === 'number' && typeof params.maxProtocol === 'number') {
    const range = { min: params.minProtocol, max: params.maxProtocol }
    if (!negotiate(range)) return { kind: 'refused', refusal: protocolMismatch(range) }
  }
  const result = readAs(connectParams(), params ?? {}, { reportInput: true })
  if (!result.success) {
    const text = `invalid connect params: ${describeIssues(result.error)}`
    return { kind: 'refused', refusal: refusal('INVALID_REQUEST', text) }
  }
  const range = { min: result.data.minProtocol, max: result.data.maxProtocol }
  const protocol = negotiate(range)
  if (!protocol) return { kind: 'refused', refusal: protocolMismatch(range) }
  return { kind: 'read', params: result.data, protocol }
}

function judgeConnect(requestId: string, read: ReadConnect, facts: HandshakeFacts, ports: HandshakePorts): Verdict {
  const { params, protocol } = read
  const role = roleOf(params.role)
  if (!role) return answered(requestId, refusal('INVALID_REQUEST', 'invalid role'))
  // Without a device the shared secret alone speaks; only a direct local peer may do that (trap 14), and no node: it has
  // to be the same one tomorrow.
  if (!params.device && (role === 'node' || !facts.source.isDirect)) return answered(requestId, deviceRequired())
  if (params.device) {
    const flaw = findProofFlaw(params, { ...facts, protocol, role, isLocal: facts.source.isDirect })
    if (flaw) return answered(requestId, proofRefusal(flaw, protocol))
  }
  const asked = askedScopes(protocol, role, params.scopes)
  const login = logIn({ params, protocol, role, scopes: asked }, facts, ports)
  if (login.kind === 'refused') return answered(requestId, login.refusal, login.delayMs)
  if (login.kind === 'undecided') return { kind: 'undecided', given: params.auth ?? {} }
  const ask = { params, protocol, role, scopes: login.scopes ?? asked, login: login.method, ...facts }
  const device = params.device ? pairDevice(ask, ports) : undefined
  if (device?.kind === 'refused') return answered(requestId, device.refusal, 0, device.news)
  const granted = { ...ask, scopes: device?.scopes ?? ask.scopes }
  return {
    kind: 'accepted',
    requestId,
    peer: describePeer(granted, device),
    deviceToken: device && deviceToken(granted, login.presentedToken, device, ports.devices),
    news: device?.news ?? [],
    code: device?.code,
  }
}

function roleOf(sent = 'operator'): Role | undefined {
  return sent === 'operator' || sent === 'node' ? sent : undefined
}

type Asking = { params: ConnectParams; protocol: ProtocolVersion; role: Role; scopes: readonly string[] }

type Login =
  /** `scopes` where the credential holds fewer than were asked for. */
  | { kind: 'in'; method: Peer['authMethod']; presentedToken?: string; scopes?: readonly string[] }
  | { kind: 'refused'; refusal: Refusal; delayMs: number }
  | { kind: 'undecided' }

/** How soon to try again when too many passwords wait to be hashed, milliseconds. */
const busyMs = 2_000

/** Shared secret first, then the device's own token: a stored token of another gateway comes as `auth.token` (trap 9). */
function logIn({ params, protocol, role, scopes }: Asking, facts: HandshakeFacts, ports: HandshakePorts): Login {
  const { auth, device, client } = params
  const deviceToken = device ? auth?.deviceToken || auth?.token : undefined
  const classes = credentialClasses(auth, deviceToken)
  const { source } = facts
  const lockedMs = source.isDirect ? 0 : ports.limiter.lockedForMs(source.key, classes)
  if (lockedMs > 0) return { kind: 'refused', refusal: rateLimited(protocol, lockedMs), delayMs: 0 }

  const check = facts.checked ?? ports.passwords.check(auth ?? {})
  if (check === 'match') return { kind: 'in', method: ports.secret?.mode ?? 'token' }
  if (device && deviceToken) {
    const held = ports.devices.verify(device.id, role, digestOf(deviceToken))
    const own = { kind: 'in', method: 'device-token', presentedToken: deviceToken } as const
    if (held && covers(held, scopes)) return own
    const fewer = held && fewerScopes({ params, scopes }, held)
    // One that brings a pairing code wants more than the token holds: that is for the pairing to say.
    if (fewer) return auth?.bootstrapToken ? own : { ...own, scopes: fewer }
  }
  if (check === 'undecided') return { kind: 'undecided' }
  if (check === 'busy') return { kind: 'refused', refusal: rateLimited(protocol, busyMs), delayMs: 0 }
  // In place of the secret, never beside a wrong one; the device still has to be paired (PA1).
  if (classes.length === 0 && source.tailnetLogin !== undefined) return { kind: 'in', method: 'tailscale' }
  // Nothing was tried when no credential came, so nothing is counted.
  const delayMs = classes.length > 0 ? ports.limiter.failed(source.key, classes, { lockable: !source.isDirect }) : 0
  const mode = ports.secret?.mode ?? 'token'
  const canRetryWithDeviceToken = device !== undefined && !auth?.deviceToken
  return { kind: 'refused', refusal: unauthorized({ check, mode, protocol, client, canRetryWithDeviceToken }), delayMs }
}

function credentialClasses(auth: ConnectParams['auth'], deviceToken: string | undefined): CredentialClass[] {
  const classes: CredentialClass[] = []
  if (auth?.token || auth?.password) classes.push('shared')
  if (deviceToken) classes.push('device-token')
  return classes
}

/** The token the device should keep: the one it came with, or a new one when it has none that serves. */
function deviceToken(
  { role, scopes, params, now }: Asking & { now: number },
  presented: string | undefined,
  device: AdmittedDevice,
  devices: DeviceBook,
): IssuedToken | undefined {
  const id = params.device?.id ?? device.deviceId
  const serves = devices.hasToken(id, role, scopes)
  if (presented !== undefined && serves) return { token: presented, role, scopes, issuedAtMs: now }
  return serves ? undefined : devices.issue(id, role, scopes)
}

function describePeer(
  ask: Asking & HandshakeFacts & { login: Peer['authMethod'] },
  device: AdmittedDevice | undefined,
): Peer {
  const { id, mode, version, platform, displayName, deviceFamily, modelIdentifier, instanceId } = ask.params.client
  return {
    connId: ask.connId,
    protocol: ask.protocol,
    role: ask.role,
    scopes: new Set(ask.scopes),
    caps: new Set(ask.params.caps ?? []),
    client: {
      id,
      mode,
      version,
      platform,
      ...(displayName !== undefined && { displayName }),
      ...(deviceFamily !== undefined && { deviceFamily }),
      ...(modelIdentifier !== undefined && { modelIdentifier }),
      ...(instanceId !== undefined && { instanceId }),
    },
    ...(device && { deviceId: device.deviceId }),
    remoteAddress: ask.source.address,
    isLocal: ask.source.isLocal,
    authMethod: ask.login,
    connectedAtMs: ask.now,
    ...(ask.role === 'node' && { offer: offerOf(ask.params) }),
  }
}

function offerOf({ commands = [], permissions, pathEnv }: ConnectParams): NodeOffer {
  return {
    commands: [...new Set(commands)],
    ...(permissions !== undefined && { permissions }),
    ...(pathEnv !== undefined && { pathEnv }),
  }
}

function answered(id: string, { error, close }: Refusal, delayMs = 0, news: PairingNews[] = []): Verdict {
  return refused({ answer: { id, error }, close, delayMs, news })
}

function refused(parts: {
  answer?: { id: string; error: WireError }
  close: { code: number; reason: string }
  delayMs?: number
  news?: PairingNews[]
}): Verdict {
  return { kind: 'refused', delayMs: 0, news: [], ...parts }
}
