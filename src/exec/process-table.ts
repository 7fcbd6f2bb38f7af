/** The processes of this machine, as Linux shows them under /proc; elsewhere nothing is known beyond process groups. */

import { readdirSync, readFileSync } from 'node:fs'
import { runMarker } from './env.ts'

export type ProcessRow = {
  pid: number
  parent: number
  group: number
  session: number
  /** Clock ticks since boot; with the pid it names one process for good. */
  startTicks: number
}

/** Living processes; zombies are left out, they only wait to be collected. Empty where there is no /proc. */
export function listProcesses(): ProcessRow[] {
  const rows: ProcessRow[] = []
  for (const name of entriesOf('/proc')) {
    const row = /^\d+$/.test(name) ? processRow(Number(name)) : undefined
    if (row) rows.push(row)
  }
  return rows
}

/** Reads /proc/pid/stat (proc_pid_stat(5)); the program name in parentheses may itself hold blanks and parentheses. */
export function processRow(pid: number): ProcessRow | undefined {
  const text = contentOf(`/proc/${pid}/stat`)
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, parent, group, session] = fields
  const startTicks = Number(fields[19])
  if (state === undefined || state === 'Z' || state === 'X' || !Number.isFinite(startTicks)) return undefined
  return { pid, parent: Number(parent), group: Number(group), session: Number(session), startTicks }
}

/** The mark of the run that `pid` was started under, unless it cleared its environment or belongs to someone else. */
export function markerOf(pid: number): string | undefined {
  const text = contentOf(`/proc/${pid}/environ`)
  const at = text.startsWith(`${runMarker}=`) ? 0 : text.indexOf(`\0${runMarker}=`) + 1
  if (at === 0 && !text.startsWith(`${runMarker}=`)) return undefined
  return text.slice(at + runMarker.length + 1).split('\0', 1)[0]
}

/** Changes with every start of the machine, when all pids begin anew. */
export function bootId(): string {
  return contentOf('/proc/sys/kernel/random/boot_id').trim()
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // no /proc on this system
  }
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // the process ended meanwhile, or belongs to another user
  }
}
