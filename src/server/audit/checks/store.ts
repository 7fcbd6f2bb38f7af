/** Whether what is kept can be relied on: room on the disk, a database that is whole, a log nobody changed. */

import { shellWord } from '../../../shared/std/shell-words.ts'
import { defineCheck, type Problem } from '../check.ts'

const leastFreeBytes = 512 * 1024 * 1024
const dayMs = 86_400_000
const newDays = 7
const backupDays = 30

export const diskLow = defineCheck({
  id: 'durability.disk_low',
  severity: 'warning',
  about:
    'The disk of the state folder is nearly full. When it is, messages are refused, and nothing more is written to the audit log.',
  remedy: 'Free some space: `df -h ~/.clawdbot` shows the disk, `du -sh ~/.clawdbot/*` what takes it.',
  run: ({ store, stateDir }) =>
    store.freeBytes === undefined || store.freeBytes >= leastFreeBytes
      ? []
      : [
          {
            message: `The disk that holds ${stateDir} has ${Math.floor(store.freeBytes / 1024 / 1024)} MB left`,
            remedy: `Free some space. What takes it: du -sh ${shellWord(stateDir)}/*`,
          },
        ],
})

export const unwritable = defineCheck({
  id: 'durability.state_unwritable',
  severity: 'critical',
  about:
    'Nothing can be written to the state folder: no gateway can start there, and one that runs refuses every message.',
  remedy: 'Let the account of the gateway write there, or name another folder with `CLAWDBOT_STATE_DIR`.',
  run: ({ store: { unwritable: why }, stateDir }) =>
    why === undefined
      ? []
      : [
          {
            message: `Nothing can be written to the state folder ${stateDir}: ${why}`,
            remedy: 'Let this account write there, or name another folder with CLAWDBOT_STATE_DIR.',
          },
        ],
})

export const noBackup = defineCheck({
  id: 'durability.no_backup',
  severity: 'info',
  about: `No backup was made for ${backupDays} days with \`clawdbot backup\`: what is on this disk is on no other. In the first ${newDays} days nothing is said.`,
  remedy: '`clawdbot backup`, and keep the file on another machine.',
  run({ store: { inUseSince, backedUpAt }, now }) {
    if (inUseSince === undefined || now - inUseSince < newDays * dayMs) return []
    if (backedUpAt !== undefined && now - backedUpAt < backupDays * dayMs) return []
    const message =
      backedUpAt === undefined
        ? 'No backup of this gateway was ever made'
        : `The last backup of this gateway is ${Math.floor((now - backedUpAt) / dayMs)} days old`
    return [{ message, remedy: 'Make one, and keep it on another machine: clawdbot backup' }]
  },
})

export const integrity = defineCheck({
  id: 'durability.integrity',
  severity: 'critical',
  about:
    'The database or the audit log is not as it was written: damaged, or changed by somebody. A database that was set aside earlier is a warning.',
  remedy: 'Keep the files for whoever looks into it; `clawdbot audit log --verify` tells where the log breaks.',
  run({ store, stateDir }) {
    const problems: Problem[] = []
    if (store.damage !== undefined) {
      problems.push({
        message: `The database is damaged: ${store.damage}`,
        remedy: `Stop the gateway and keep a copy: clawdbot gateway stop; cp -a ${shellWord(stateDir)} ${shellWord(`${stateDir}.damaged`)}`,
      })
    }
    if (store.journal?.kind === 'broken') {
      problems.push({
        message: `The audit log was changed or damaged: ${store.journal.why}`,
        remedy: 'Keep the file for whoever looks into it, and see: clawdbot audit log --verify',
      })
    }
    for (const path of store.setAside) {
      problems.push({
        message: `A damaged database was set aside as ${path}; what it held is missing since`,
        remedy: `Rescue what you need from it, then: rm ${shellWord(path)}`,
        severity: 'warning',
      })
    }
    return problems
  },
})
