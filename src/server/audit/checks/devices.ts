/** Which devices are let in. */

import { defineCheck } from '../check.ts'

const dayMs = 86_400_000
const staleDays = 90
const manyAdmins = 5

export const staleDevices = defineCheck({
  id: 'devices.stale',
  severity: 'warning',
  about: `A device that may enter has not done so for ${staleDays} days: lost, sold or forgotten, its key still opens.`,
  remedy: '`clawdbot devices list`, then `clawdbot devices revoke` with its fingerprint.',
  run: ({ devices, now }) =>
    devices
      .filter(({ lastSeenAt }) => now - lastSeenAt > staleDays * dayMs)
      .map(({ id, name, lastSeenAt }) => ({
        message: `${name} (${id.slice(0, 8)}) was last here ${Math.floor((now - lastSeenAt) / dayMs)} days ago and may still enter`,
        remedy: `Run: clawdbot devices revoke ${id.slice(0, 16)}`,
      })),
})

export const manyAdminDevices = defineCheck({
  id: 'devices.admin_many',
  severity: 'info',
  about: `More than ${manyAdmins} devices may do everything, other devices and settings included.`,
  remedy: '`clawdbot devices list`; pair again, with fewer rights, what need not be an admin.',
  run({ devices }) {
    const admins = devices.filter(({ isAdmin }) => isAdmin)
    if (admins.length <= manyAdmins) return []
    return [{ message: `${admins.length} devices may do everything`, remedy: 'See which with: clawdbot devices list' }]
  },
})
