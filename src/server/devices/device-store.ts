/** The device book on disk: who is paired, with which roles and scopes, and the digests of their tokens. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Role } from '../../shared/protocol/scope.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { DeviceBook, DeviceFacts, IssuedToken, PairedDevice, PendingDevice } from '../gateway/device-book.ts'
import type { Database, Row } from '../storage/database.ts'
import { aboutDevice, WaitingDevices } from './waiting.ts'

/** 256 random bits. */
const tokenBytes = 32
/** What no token has: one that was replaced and whose successor nobody was given. */
const noDigest = new Uint8Array()

export function openDeviceBook({ db, clock }: { db: Database; clock: Clock }): DeviceBook {
  const waiting = new WaitingDevices(clock)

  const find = (deviceId: string): PairedDevice | undefined => {
    const row = db.get('SELECT * FROM devices WHERE device_id = ?', deviceId)
    return row && deviceFromRow(row, db.all('SELECT * FROM device_tokens WHERE device_id = ? ORDER BY role', deviceId))
  }

  const tokenRow = (deviceId: string, role: Role): Row | undefined =>
    db.get('SELECT * FROM device_tokens WHERE device_id = ? AND role = ?', deviceId, role)

  /** Stores the digest of a fresh token, or of none at all; undefined when the device may not have it. */
  const writeToken = (
    deviceId: string,
    role: Role,
    scopes: readonly string[],
    isHandedOut = true,
  ): IssuedToken | undefined => {
    const device = find(deviceId)
    const old = tokenRow(deviceId, role)
    if (!device?.roles?.includes(role) || !covers(device.scopes ?? [], scopes)) return undefined
    if (old && old.revoked_at !== null) return undefined
    const token = randomBytes(tokenBytes).toString('base64url')
    const now = clock.now()
    db.run(
      `INSERT INTO device_tokens (device_id, role, digest, scopes, created_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET digest = excluded.digest, scopes = excluded.scopes, rotated_at = excluded.created_at,
         last_used_at = NULL`,
      deviceId,
      role,
      isHandedOut ? digestOf(token) : noDigest,
      JSON.stringify(scopes),
      now,
    )
    return { token, role, scopes: [...scopes], issuedAtMs: now }
  }

  return {
    find,

    list: () => ({
      pending: waiting.list(),
      paired: db
        .all('SELECT device_id FROM devices ORDER BY approved_at, device_id')
        .flatMap((row) => find(String(row.device_id)) ?? []),
    }),

    request: (ask) => waiting.request(ask, find(ask.deviceId) !== undefined),
    pending: (requestId) => waiting.find(requestId),
    reject: (requestId) => waiting.refuse(requestId),

    approve(requestId, grantable, fewer) {
      const request = waiting.take(requestId)
      if (!request) return undefined
      return db.transaction(() => {
        const granted = (fewer ?? request.scopes ?? []).filter(grantable)
        storeApproval(db, request, find(request.deviceId), granted, clock.now())
        return find(request.deviceId)
      })
    },

    isDecided: (deviceId) => db.get('SELECT is_decided FROM devices WHERE device_id = ?', deviceId)?.is_decided === 1,

    touch: (facts) => touch(db, facts),

    hasToken(deviceId, role, scopes) {
      const row = tokenRow(deviceId, role)
      if (!row || row.revoked_at !== null || (row.digest as Uint8Array).length === 0) return false
      return covers(list(row.scopes), scopes)
    },

    issue: (deviceId, role, scopes) => db.transaction(() => writeToken(deviceId, role, scopes)),

    verify(deviceId, role, digest) {
      const row = tokenRow(deviceId, role)
      if (!row || row.revoked_at !== null || !isSame(row.digest as Uint8Array, digest)) return undefined
      // Not worth a sync, nor a refusal on a full disk.
      noteUse(db, deviceId, role, clock.now())
      return list(row.scopes)
    },

    rotate: (deviceId, role, { scopes, isHandedOut } = {}) =>
      db.transaction(() => {
        const row = tokenRow(deviceId, role)
        const issued = row && writeToken(deviceId, role, scopes ?? list(row.scopes), isHandedOut)
        // Else its next login with the shared secret would be measured against the old ones (PA4).
        if (issued && scopes && role === 'operator') setScopes(db, deviceId, scopes)
        return issued
      }),

    revoke(deviceId, role) {
      return db.transaction(() => {
        if (!find(deviceId)?.roles?.includes(role)) return undefined
        db.run(
          `INSERT INTO device_tokens (device_id, role, digest, scopes, created_at, revoked_at) VALUES (?, ?, x'', '[]', ?, ?)
           ON CONFLICT DO UPDATE SET digest = x'', revoked_at = coalesce(revoked_at, excluded.revoked_at)`,
          deviceId,
          role,
          clock.now(),
          clock.now(),
        )
        // What it held went with it: a later approval begins from nothing, not from what somebody else once granted (PA3).
        if (role === 'operator') setScopes(db, deviceId, [])
        return Number(tokenRow(deviceId, role)?.revoked_at)
      })
    },
  }
}

function storeApproval(
  db: Database,
  request: PendingDevice,
  known: PairedDevice | undefined,
  granted: readonly string[],
  now: number,
): void {
  // Another key under the same id is another device: nothing of the old one is inherited.
  const earlier = known?.publicKey === request.publicKey ? known : undefined
  if (known && !earlier) db.run('DELETE FROM devices WHERE device_id = ?', request.deviceId)
  const roles = new Set([...(earlier?.roles ?? []), ...(request.roles ?? [])])
  const scopes = new Set([...(earlier?.scopes ?? []), ...granted])
  db.run(
    `INSERT INTO devices VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       roles = excluded.roles, scopes = excluded.scopes, about = excluded.about, approved_at = excluded.approved_at,
       is_decided = max(is_decided, excluded.is_decided)`,
    request.deviceId,
    request.publicKey,
    JSON.stringify([...roles]),
    JSON.stringify([...scopes]),
    JSON.stringify(aboutDevice(request)),
    now,
    now,
    request.silent ? 0 : 1,
  )
  // A fresh approval ends an earlier revocation of the same role.
  db.run(
    'DELETE FROM device_tokens WHERE device_id = ? AND role = ? AND revoked_at IS NOT NULL',
    request.deviceId,
    request.role ?? '',
  )
}

/** What a person decided that it holds from now on. */
function setScopes(db: Database, deviceId: string, scopes: readonly string[]): void {
  db.run('UPDATE devices SET scopes = ?, is_decided = 1 WHERE device_id = ?', JSON.stringify(scopes), deviceId)
}

/** Writes only when something changed, and never the platform, which was approved as it is. */
function touch(db: Database, facts: DeviceFacts): void {
  const row = db.get('SELECT about FROM devices WHERE device_id = ?', facts.deviceId)
  if (!row) return
  const { platform: _, ...seen } = aboutDevice(facts)
  const about = JSON.stringify({ ...(JSON.parse(String(row.about)) as object), ...seen })
  if (about !== row.about) db.light.run('UPDATE devices SET about = ? WHERE device_id = ?', about, facts.deviceId)
}

function noteUse(db: Database, deviceId: string, role: Role, now: number): void {
  try {
    db.light.run('UPDATE device_tokens SET last_used_at = ? WHERE device_id = ? AND role = ?', now, deviceId, role)
  } catch {
    // A full disk must not lock the owner out; the stamp is only for show.
  }
}

/** Whether every wanted scope is held; admin holds them all (section 4.4). */
function covers(held: readonly string[], wanted: readonly string[]): boolean {
  return held.includes('operator.admin') || wanted.every((scope) => held.includes(scope))
}

function digestOf(token: string): Uint8Array {
  return createHash('sha256').update(token).digest()
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length > 0 && a.length === b.length && timingSafeEqual(a, b)
}

function list(json: Row[string] | undefined): string[] {
  return JSON.parse(String(json)) as string[]
}

function deviceFromRow(row: Row, tokens: readonly Row[]): PairedDevice {
  const roles = list(row.roles)
  return {
    deviceId: String(row.device_id),
    publicKey: String(row.public_key),
    ...(JSON.parse(String(row.about)) as object),
    ...(roles[0] === undefined ? {} : { role: roles[0] }),
    roles,
    scopes: list(row.scopes),
    tokens: tokens.map((token) => ({
      role: String(token.role),
      scopes: list(token.scopes),
      createdAtMs: Number(token.created_at),
      ...stamp('rotatedAtMs', token.rotated_at),
      ...stamp('revokedAtMs', token.revoked_at),
      ...stamp('lastUsedAtMs', token.last_used_at),
    })),
    createdAtMs: Number(row.created_at),
    approvedAtMs: Number(row.approved_at),
  }
}

function stamp(name: string, value: Row[string] | undefined): Record<string, number> {
  return value == null ? {} : { [name]: Number(value) }
}
