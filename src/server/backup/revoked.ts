/** Devices that were revoked after a backup was made: the book in it would let them in again (PA6). */

import { existsSync } from 'node:fs'
import { parseJson } from '../../shared/std/json.ts'
import { loadSqlite } from '../storage/sqlite.ts'

export type ReturningDevice = {
  readonly deviceId: string
  readonly role: string
  readonly name: string | undefined
  readonly revokedAt: number
}

/** `now` and `then` are databases; without a present one nothing is known. The names are strangers' text. */
export function returningDevices(now: string, then: string): ReturningDevice[] {
  if (!existsSync(now)) return []
  const letIn = new Set(rows(then, 'SELECT device_id, role FROM device_tokens WHERE revoked_at IS NULL').map(keyOf))
  const revoked = rows(
    now,
    `SELECT device_id, role, revoked_at, about FROM device_tokens JOIN devices USING (device_id)
     WHERE revoked_at IS NOT NULL ORDER BY revoked_at, device_id`,
  )
  return revoked
    .filter((row) => letIn.has(keyOf(row)))
    .map((row) => {
      const about = parseJson(String(row.about))
      const { displayName, clientId } = (about.ok ? about.value : {}) as Record<string, unknown>
      const name = displayName ?? clientId
      return {
        deviceId: String(row.device_id),
        role: String(row.role),
        name: name === undefined ? undefined : String(name),
        revokedAt: Number(row.revoked_at),
      }
    })
}

/** Revoked stays revoked: what this machine knows of it goes into the book that comes back. */
export function revokeIn(then: string, devices: readonly ReturningDevice[]): void {
  if (devices.length === 0) return
  const { DatabaseSync } = loadSqlite()
  using db = new DatabaseSync(then)
  const token = db.prepare("UPDATE device_tokens SET digest = x'', revoked_at = ? WHERE device_id = ? AND role = ?")
  const scopes = db.prepare("UPDATE devices SET scopes = '[]' WHERE device_id = ?")
  for (const { deviceId, role, revokedAt } of devices) {
    token.run(revokedAt, deviceId, role)
    if (role === 'operator') scopes.run(deviceId)
  }
}

function keyOf(row: Record<string, unknown>): string {
  return JSON.stringify([row.device_id, row.role])
}

/** A database of an older version may not have the table yet, and a damaged one tells nothing. */
function rows(path: string, sql: string): Record<string, unknown>[] {
  const { DatabaseSync } = loadSqlite()
  try {
    using db = new DatabaseSync(path, { timeout: 5000 })
    return db.prepare(sql).all()
  } catch {
    return []
  }
}
