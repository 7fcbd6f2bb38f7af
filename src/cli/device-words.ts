/** Devices as the line commands write them, and finding the one a person means. Pure. */

import { deviceFingerprint } from '../shared/protocol/device-fingerprint.ts'
import { hasScope, operatorScopes, type Scope } from '../shared/protocol/scope.ts'
import type { Result } from '../shared/protocol/table.ts'
import { cleanName } from '../shared/std/clean-name.ts'
import { usage } from './parse.ts'

export type Pending = Result<'device.pair.list'>['pending'][number]
export type Paired = Result<'device.pair.list'>['paired'][number]

/** Fewest characters of an id that name a device. */
const shortestPrefix = 8

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

/** `read,write` as the protocol names them; `none` for none. Throws `usage.invalid`. */
export function scopesOf(text: string, command: string): string[] {
  const words = text.split(',').map((word) => word.trim().replace(/^operator\./, ''))
  return words
    .filter((word) => word !== '' && word !== 'none')
    .map((word) => {
      const scope = operatorScopes.find((known) => known === `operator.${word}`)
      if (scope) return scope
      throw usage(`There is no scope ${JSON.stringify(word)}; there are: ${scopesText(operatorScopes)}`, command)
    })
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

/** The device whose id or fingerprint begins so. Throws `usage.invalid` for none and for several. */
export function deviceNamed(word: string, paired: readonly Paired[], command: string): Paired {
  const start = word.toLowerCase().replaceAll('-', '')
  if (start.length < shortestPrefix) {
    throw usage(`${JSON.stringify(word)} is too short for a device: give its fingerprint`, command)
  }
  const found = paired.filter(({ deviceId }) => deviceId.replaceAll('-', '').toLowerCase().startsWith(start))
  const [device, other] = found
  if (!device) throw usage(`No approved device has the fingerprint ${word}; devices list shows them`, command)
  if (other) throw usage(`${found.length} devices begin with ${word}: give more of the id`, command)
  return device
}

export function shown(device: Pending | Paired): string {
  return `${nameOf(device)} (${deviceFingerprint(device.deviceId)})`
}
