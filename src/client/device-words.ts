/** Devices as people read them. Pure. */

import { deviceFingerprint } from '../shared/protocol/device-fingerprint.ts'
import { hasScope, type Scope } from '../shared/protocol/scope.ts'
import type { Result } from '../shared/protocol/table.ts'
import { cleanName } from '../shared/std/clean-name.ts'

export type Pending = Result<'device.pair.list'>['pending'][number]
export type Paired = Result<'device.pair.list'>['paired'][number]

/** What it calls itself, without anything that could move the cursor or turn text around (PA8). */
export function nameOf(device: Pending | Paired): string {
  return cleanName(device.displayName) ?? cleanName(device.clientId) ?? '(no name)'
}

export function rolesOf(device: Pending | Paired): readonly string[] {
  return device.roles ?? (device.role === undefined ? [] : [device.role])
}

export function scopesText(scopes: readonly string[] | undefined): string {
  return (scopes ?? []).map((scope) => scope.replace(/^operator\./, '')).join(', ') || 'none'
}

const byGravity = ['admin', 'pairing', 'approvals', 'write', 'read'].map((name) => `operator.${name}`)

/** Those that grant most first: where there is no room for all, the device must not have chosen which are seen. */
export function gravestFirst(scopes: readonly string[] = []): readonly string[] {
  const known = byGravity.filter((scope) => scopes.includes(scope))
  return [...known, ...scopes.filter((scope) => !known.includes(scope))]
}

/** What a request asks that the device does not hold already; all of it for a device nobody has approved. */
export function askedBeyond(request: Pending, paired: readonly Paired[]): string[] {
  const known = paired.find(
    ({ deviceId, publicKey }) => deviceId === request.deviceId && publicKey === request.publicKey,
  )
  if (!known) return ['a new device']
  const held = new Set(known.scopes)
  const scopes = (request.scopes ?? []).filter((scope) => !hasScope(held, scope.replace(/^operator\./, '') as Scope))
  const roles = rolesOf(request).filter((role) => !rolesOf(known).includes(role))
  const isOther = request.platform !== known.platform
  return [
    ...(isRevoked(known, request.role) ? ['was revoked'] : []),
    ...roles.map((role) => `role ${role}`),
    ...scopes.map((scope) => scope.replace(/^operator\./, '')),
    ...(isOther ? [`platform ${cleanName(request.platform) ?? 'unknown'}`] : []),
  ]
}

function isRevoked({ tokens }: Paired, role: string | undefined): boolean {
  return tokens.some((token) => token.revokedAtMs !== undefined && token.role === role)
}

export function shown(device: Pending | Paired): string {
  return `${nameOf(device)} (${deviceFingerprint(device.deviceId)})`
}
