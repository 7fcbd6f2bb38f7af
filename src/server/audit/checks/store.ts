/** Whether what is kept can be relied on: room on the disk, a database that is whole, a log nobody changed. */

import { shellWord } from '../../../shared/std/shell-words.ts'
import { defineCheck, type Problem } from '../check.ts'

const leastFreeBytes = 512 * 1024 * 1024

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
