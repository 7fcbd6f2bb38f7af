/** Whether a device that proved its key is known well enough, or has to wait for a person (section 4.8, PA1, PA5). */

import type { ConnectParams } from '../../../shared/protocol/connect.ts'
import type { Role } from '../../../shared/protocol/scope.ts'
import type { ProtocolVersion } from '../../../shared/protocol/version.ts'
import type { Peer } from '../context.ts'
import type { DeviceBook, DeviceFacts, PairedDevice, PendingDevice } from '../device-book.ts'
import { covers } from './grant.ts'
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

export type AdmittedDevice = { kind: 'admitted'; deviceId: string; news: PairingNews[] }
export type PairingOutcome = AdmittedDevice | { kind: 'refused'; refusal: Refusal; news: PairingNews[] }

/** Looks the device up, and asks for approval where needed; the proof of its key was checked before. */
export function pairDevice(facts: PairingFacts, devices: DeviceBook): PairingOutcome {
  const device = describeDevice(facts)
  const record = devices.find(device.deviceId)
  const reason = pairingReason(record, device, facts)
  if (!reason) {
    devices.touch(device)
    return { kind: 'admitted', deviceId: device.deviceId, news: [] }
  }
  // No silent approval for browsers, proxies, other machines, a device token that asks for more than it holds (PA1, PA4),
  // or a device that was revoked: only a person ends that (PA6).
  const silent = facts.source.isDirect && facts.login !== 'device-token' && !wasRevoked(record)
  const { role, scopes } = facts
  const { request, created } = devices.request({ ...device, role, scopes, silent })
  const { requestId } = request
  if (silent && devices.approve(requestId, () => true)) {
    const payload = { requestId, deviceId: device.deviceId, decision: 'approved' as const, ts: facts.now }
    return { kind: 'admitted', deviceId: device.deviceId, news: [{ event: 'device.pair.resolved', payload }] }
  }
  return {
    kind: 'refused',
    refusal: pairingRequired({ ...facts, reason, requestId, deviceId: device.deviceId }),
    news: created ? [{ event: 'device.pair.requested', payload: request }] : [],
  }
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
