/** Approving devices and their tokens (section 7.12). Nobody grants more than they hold (PA3, PA4). */

import { spellPairCode } from '../../shared/protocol/pair-code.ts'
import { hasScope, operatorScopes, type Role, type Scope } from '../../shared/protocol/scope.ts'
import type { HandlersOf } from '../../shared/rpc/call.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Bus } from '../bus.ts'
import type { PairingCodes } from '../gateway/admission/codes.ts'
import { CallError, invalidRequest } from '../gateway/call-error.ts'
import type { HandlerContext, Peer } from '../gateway/context.ts'
import type { DeviceBook, PendingDevice } from '../gateway/device-book.ts'

type PairingNote = 'pairing.granted' | 'pairing.rotated' | 'pairing.revoked' | 'pairing.code-issued'

export function devicesMethods(parts: {
  devices: DeviceBook
  codes: PairingCodes
  bus: Bus
  clock: Clock
  /** Ends the live connections of a device whose credential changed (AU12). */
  closeDevice(deviceId: string, role: Role): void
  /** What it might be asked as a node went with its credential. */
  nodeRevoked(nodeId: string): void
  /** Writes it down in the audit log. */
  note(what: PairingNote, facts: Readonly<Record<string, unknown>>): void
}): HandlersOf<'devices', HandlerContext> {
  const { devices, codes, bus, clock, closeDevice, note } = parts

  /** After the answer is on its way: the caller may be the device itself. What it promised others ends with it. */
  const closeSoon = (deviceId: string, role: Role) => {
    codes.forget(deviceId)
    queueMicrotask(() => closeDevice(deviceId, role))
  }

  const resolved = ({ requestId, deviceId }: PendingDevice, decision: 'approved' | 'rejected') =>
    bus.publish({
      type: 'wire',
      event: 'device.pair.resolved',
      payload: { requestId, deviceId, decision, ts: clock.now() },
    })

  return {
    'device.pair.list': () => devices.list(),
    'device.pair.approve': ({ requestId }, { peer }) => approve(peer, requestId),
    'device.pair.grant': ({ requestId, scopes }, { peer }) => approve(peer, requestId, scopes),
    'device.code.create': ({ role, scopes }, { peer }) => {
      requireKnown(scopes)
      requireHeld(peer, scopes)
      const issuer = nameOf(peer)
      const { code, grant } = codes.issue({
        ...{ role, issuer, source: peer.remoteAddress },
        scopes: role === 'node' ? [] : scopes,
      })
      const { id, expiresAtMs } = grant
      note('pairing.code-issued', { code: id, by: issuer, role, scopes: grant.scopes, expiresAtMs })
      return { code: spellPairCode(code), role, scopes: [...grant.scopes], expiresAtMs }
    },
    'device.pair.reject': ({ requestId }) => {
      const request = devices.reject(requestId)
      if (!request) throw invalidRequest('unknown requestId')
      resolved(request, 'rejected')
      return { requestId, deviceId: request.deviceId }
    },
    'device.token.rotate': ({ deviceId, role, scopes }, { peer }) => {
      requireAuthority(peer, deviceId, role, scopes)
      // Protocol 4 hands the new token to the device itself only; whoever rotates another's must not learn it.
      const isHandedOut = peer.deviceId === deviceId || peer.protocol === 3
      const issued = devices.rotate(deviceId, requireRole(role), { scopes, isHandedOut })
      if (!issued) throw invalidRequest('unknown deviceId/role')
      closeSoon(deviceId, issued.role)
      note('pairing.rotated', { deviceId, role, scopes: issued.scopes, by: nameOf(peer) })
      const token = isHandedOut ? { token: issued.token } : {}
      return { deviceId, role, ...token, scopes: [...issued.scopes], rotatedAtMs: issued.issuedAtMs }
    },
    'device.token.revoke': ({ deviceId, role }, { peer }) => {
      requireAuthority(peer, deviceId, role)
      const revokedAtMs = devices.revoke(deviceId, requireRole(role))
      if (revokedAtMs === undefined) throw invalidRequest('unknown deviceId/role')
      if (role === 'node') parts.nodeRevoked(deviceId)
      closeSoon(deviceId, requireRole(role))
      note('pairing.revoked', { deviceId, role, by: nameOf(peer) })
      return { deviceId, role, revokedAtMs }
    },
  }

  /** Lets it in with all it asks for, or with `fewer` of that. */
  function approve(peer: Peer, requestId: string, fewer?: readonly string[]) {
    const request = devices.pending(requestId)
    if (!request) throw invalidRequest('unknown requestId')
    if (roleOf(request.role) === 'node') requireAdmin(peer)
    if (fewer) requireKnown(fewer)
    const asked = new Set(request.scopes)
    const wanted = fewer ?? request.scopes ?? []
    const beyond = wanted.find((scope) => !holdsIn(asked, scope))
    if (beyond !== undefined) throw invalidRequest(`the device does not ask for ${beyond}`)
    // Who approves speaks for all the device then holds, so also for what the same key was granted before (PA3).
    const known = devices.find(request.deviceId)
    const before = known?.publicKey === request.publicKey ? (known.scopes ?? []) : []
    requireHeld(peer, [...wanted, ...before])
    const device = devices.approve(requestId, (scope) => holds(peer, scope), fewer)
    if (!device) throw invalidRequest('unknown requestId')
    resolved(request, 'approved')
    const { deviceId, role } = request
    note('pairing.granted', { requestId, deviceId, role, scopes: device.scopes, by: nameOf(peer) })
    return { requestId, device }
  }

  /** Over another's token has who holds all that it holds, or is to hold; over a node's, an admin. */
  function requireAuthority(peer: Peer, deviceId: string, role: string, wanted: readonly string[] = []): void {
    if (role === 'node') requireAdmin(peer)
    const held = devices.find(deviceId)?.tokens.find((token) => token.role === role)?.scopes ?? []
    requireHeld(peer, [...held, ...wanted])
  }
}

const holds = (peer: Peer, scope: string): boolean => holdsIn(peer.scopes, scope)

function holdsIn(scopes: ReadonlySet<string>, scope: string): boolean {
  return hasScope(scopes, scope.replace(/^operator\./, '') as Scope)
}

function requireKnown(scopes: readonly string[]): void {
  const stranger = scopes.find((scope) => !operatorScopes.some((known) => known === scope))
  if (stranger !== undefined) throw invalidRequest(`unknown scope: ${stranger}`)
}

function nameOf({ deviceId, client }: Peer): string {
  return deviceId ?? client.id
}

function requireHeld(peer: Peer, scopes: readonly string[]): void {
  const missing = scopes.find((scope) => !holds(peer, scope))
  if (missing !== undefined) throw forbidden(peer, missing)
}

function requireAdmin(peer: Peer): void {
  if (!hasScope(peer.scopes, 'admin')) throw forbidden(peer, 'operator.admin')
}

function forbidden(peer: Peer, scope: string): CallError {
  const details = { code: 'MISSING_SCOPE', missingScope: scope, requiredScopes: [scope] }
  return new CallError(peer.protocol === 3 ? 'INVALID_REQUEST' : 'FORBIDDEN', `missing scope: ${scope}`, { details })
}

function roleOf(role: string | undefined): Role {
  return role === 'node' ? 'node' : 'operator'
}

function requireRole(role: string): Role {
  if (role !== 'operator' && role !== 'node') throw invalidRequest('unknown deviceId/role')
  return role
}
