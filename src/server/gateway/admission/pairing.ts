/** Whether a device that proved its key is known well enough, or has to wait for a person (section 4.8, PA1, PA5). */

import { type ConnectParams, fewerScopesCap } from '../../../shared/protocol/connect.ts'
import type { Role } from '../../../shared/protocol/scope.ts'
import type { ProtocolVersion } from '../../../shared/protocol/version.ts'
import type { Peer } from '../context.ts'
import type { DeviceBook, DeviceFacts, PairedDevice, PendingDevice } from '../device-book.ts'
import type { CodeGrant, PairingCodes } from './codes.ts'
import { covers, narrowed } from './grant.ts'
import type { Source } from './local.ts'
import { normalizePublicKey } from './proof.ts'
import { type PairingReason, pairingRequired, type Refusal } from './refusal.ts'

/** Pairing news to tell the operators, whatever the outcome. */
export type PairingNews =
  | { event: 'device.pair.requested'; payload: PendingDevice }
  | {
      event: 'device.pair.resolved'
      payload: { requestId: string; deviceId: string; decision: 'approved'; ts: number }
    }

export type PairingFacts = {
  params: ConnectParams
  protocol: ProtocolVersion
  role: Role
  scopes: readonly string[]
  login: Peer['authMethod']
  source: Source
  now: number
}

/** `scopes` are those it is let in with; `code` is what it used to get them. */
export type AdmittedDevice = {
  kind: 'admitted'
  deviceId: string
  scopes: readonly string[]
  news: PairingNews[]
  code?: CodeGrant
}
export type PairingOutcome = AdmittedDevice | { kind: 'refused'; refusal: Refusal; news: PairingNews[] }
export type PairingPorts = { devices: DeviceBook; codes: PairingCodes }

/** Looks the device up, and asks for approval where needed; the proof of its key was checked before. */
export function pairDevice(facts: PairingFacts, { devices, codes }: PairingPorts): PairingOutcome {
  const device = describeDevice(facts)
  const { deviceId } = device
  const record = devices.find(deviceId)
  const reason = pairingReason(record, device, facts)
  if (!reason) {
    devices.touch(device)
    return { kind: 'admitted', deviceId, scopes: facts.scopes, news: [] }
  }
  const typed = facts.params.auth?.bootstrapToken
  // A code is an approval given beforehand, and of a revoked device nobody can have meant it (PA6).
  const code = typed && !wasRevoked(record) ? codes.redeem(typed, facts.role) : undefined
  if (code) return admitByCode(facts, device, code, devices)
  // No silent approval for browsers, proxies, other machines, a device token that asks for more than it holds (PA1, PA4),
  // a device that was revoked: only a person ends that (PA6); or more than a person decided that it may (PA5).
  const isWidening = reason === 'scope-upgrade' && devices.isDecided(deviceId)
  const silent = facts.source.isDirect && facts.login !== 'device-token' && !wasRevoked(record) && !isWidening
  const { role, scopes } = facts
  const fewer = reason === 'scope-upgrade' && !silent && !typed ? fewerScopes(facts, record?.scopes) : undefined
  if (fewer) {
    devices.touch(device)
    return { kind: 'admitted', deviceId, scopes: fewer, news: [] }
  }
  const { request, created } = devices.request({ ...device, role, scopes, silent })
  const { requestId } = request
  if (silent && devices.approve(requestId, () => true)) {
    return { kind: 'admitted', deviceId, scopes, news: [approvedNews(requestId, deviceId, facts.now)] }
  }
  const approved = reason === 'not-paired' ? undefined : record
  const codeAnswer = typed ? 'refused' : 'none'
  return {
    kind: 'refused',
    refusal: pairingRequired({ ...facts, reason, requestId, deviceId, approved, codeAnswer }),
    news: created ? [{ event: 'device.pair.requested', payload: request }] : [],
  }
}

/** It gets what it asks for of what the code grants. */
function admitByCode(
  { role, scopes: asked, now }: PairingFacts,
  device: DeviceFacts,
  code: CodeGrant,
  devices: DeviceBook,
): AdmittedDevice {
  const { deviceId } = device
  const scopes = narrowed(code.scopes, asked)
  const { requestId } = devices.request({ ...device, role, scopes }).request
  devices.approve(requestId, () => true)
  return { kind: 'admitted', deviceId, scopes, news: [approvedNews(requestId, deviceId, now)], code }
}

function approvedNews(requestId: string, deviceId: string, ts: number): PairingNews {
  return { event: 'device.pair.resolved', payload: { requestId, deviceId, decision: 'approved', ts } }
}

function pairingReason(
  record: PairedDevice | undefined,
  device: DeviceFacts,
  facts: PairingFacts,
): PairingReason | undefined {
  if (!record || record.publicKey !== device.publicKey) return 'not-paired'
  // Also with the right shared secret, which a lost device knows as well; it reads as one that was never here (AU20).
  if (wasRevoked(record, facts.role)) return 'not-paired'
  if (!(record.roles ?? [record.role]).includes(facts.role)) return 'role-upgrade'
  if (!covers(record.scopes ?? [], facts.scopes)) return 'scope-upgrade'
  if (record.platform !== undefined && record.platform !== device.platform) return 'metadata-upgrade'
  return undefined
}

/** What one that takes less than it asks for gets of what is held; undefined when that is nothing, or it does not. */
export function fewerScopes(
  { params, scopes }: Pick<PairingFacts, 'params' | 'scopes'>,
  held: readonly string[] = [],
): readonly string[] | undefined {
  if (!params.caps?.includes(fewerScopesCap)) return undefined
  const fewer = narrowed(held, scopes)
  return fewer.length > 0 ? fewer : undefined
}

/** In that role, or in any. */
function wasRevoked(record: PairedDevice | undefined, role?: Role): boolean {
  return record?.tokens.some((token) => token.revokedAtMs !== undefined && token.role === (role ?? token.role)) ?? false
}

function describeDevice({ params, source }: PairingFacts): DeviceFacts {
  const { client, device } = params
  const publicKey = device?.publicKey ?? ''
  return {
    deviceId: device?.id ?? '',
    publicKey: normalizePublicKey(publicKey) ?? publicKey,
    ...(client.displayName !== undefined && { displayName: client.displayName }),
    platform: client.platform,
    ...(client.deviceFamily !== undefined && { deviceFamily: client.deviceFamily }),
    clientId: client.id,
    clientMode: client.mode,
    remoteIp: source.address,
  }
}
