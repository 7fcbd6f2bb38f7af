/** Approving devices and their tokens (section 7.12). Nobody grants more than they hold (PA3, PA4). */

import { hasScope, type Role, type Scope } from '../../shared/protocol/scope.ts'
import type { HandlersOf } from '../../shared/rpc/call.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Bus } from '../bus.ts'
import { CallError, invalidRequest } from '../gateway/call-error.ts'
import type { HandlerContext, Peer } from '../gateway/context.ts'
import type { DeviceBook, PendingDevice } from '../gateway/device-book.ts'

export function devicesMethods(parts: {
  devices: DeviceBook
  bus: Bus
  clock: Clock
  /** Ends the live connections of a device whose credential changed (AU12). */
  closeDevice(deviceId: string, role: Role): void
}): HandlersOf<'devices', HandlerContext> {
  const { devices, bus, clock, closeDevice } = parts

  const resolved = ({ requestId, deviceId }: PendingDevice, decision: 'approved' | 'rejected') =>
    bus.publish({
      type: 'wire',
      event: 'device.pair.resolved',
      payload: { requestId, deviceId, decision, ts: clock.now() },
    })

  return {
    'device.pair.list': () => devices.list(),
    'device.pair.approve': ({ requestId }, { peer }) => {
      const request = devices.pending(requestId)
      if (!request) throw invalidRequest('unknown requestId')
      if (roleOf(request.role) === 'node') requireAdmin(peer)
      requireHeld(peer, request.scopes ?? [])
      const device = devices.approve(requestId, (scope) => holds(peer, scope))
      if (!device) throw invalidRequest('unknown requestId')
      resolved(request, 'approved')
      return { requestId, device }
    },
    'device.pair.reject': ({ requestId }) => {
      const request = devices.reject(requestId)
      if (!request) throw invalidRequest('unknown requestId')
      resolved(request, 'rejected')
      return { requestId, deviceId: request.deviceId }
    },
    'device.token.rotate': ({ deviceId, role, scopes }, { peer }) => {
      const held = devices.find(deviceId)?.tokens.find((token) => token.role === role)?.scopes ?? []
      requireHeld(peer, scopes ?? held)
      const issued = devices.rotate(deviceId, requireRole(role), scopes)
      if (!issued) throw invalidRequest('unknown deviceId/role')
      closeDevice(deviceId, issued.role)
      // Protocol 4 hands the new token to the device itself only; whoever rotates another's must not learn it.
      const token = peer.deviceId === deviceId || peer.protocol === 3 ? { token: issued.token } : {}
      return { deviceId, role, ...token, scopes: [...issued.scopes], rotatedAtMs: issued.issuedAtMs }
    },
    'device.token.revoke': ({ deviceId, role }) => {
      const revokedAtMs = devices.revoke(deviceId, requireRole(role))
      if (revokedAtMs === undefined) throw invalidRequest('unknown deviceId/role')
      closeDevice(deviceId, requireRole(role))
      return { deviceId, role, revokedAtMs }
    },
  }
}

function holds(peer: Peer, scope: string): boolean {
  return hasScope(peer.scopes, scope.replace(/^operator\./, '') as Scope)
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
