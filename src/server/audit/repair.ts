/** Repairs what can be repaired without a question: access of others is taken away, a setting is put back. Nothing else. */

import { closeSync, constants, fchmodSync, fstatSync, openSync } from 'node:fs'
import { errorText } from '../../shared/fault.ts'
import type { Noting } from '../journal/noting.ts'
import type { Repair } from './check.ts'
import type { Finding } from './report.ts'

export type Repaired = {
  readonly id: string
  /** What was done, or why not. */
  readonly message: string
  readonly isDone: boolean
}

export type RepairPorts = {
  /** Changes one setting of the configuration file. */
  readonly set: (path: string, value: string) => void
  /** Moves the secret of a setting to `gateway.env`; the result is its name there. */
  readonly moveSecret: (path: string) => string
  /** Changes a mode and writes it down. */
  readonly noting: Noting
}

/** Each repair is tried by itself; one that fails is told and leaves things as they were. */
export function repairFindings(findings: readonly Finding[], ports: RepairPorts): Repaired[] {
  return findings.flatMap(({ id, repair }): Repaired[] => {
    if (repair === undefined) return []
    try {
      return [{ id, message: apply(id, repair, ports), isDone: true }]
    } catch (error) {
      return [{ id, message: `${repair.path} stays as it is: ${errorText(error)}`, isDone: false }]
    }
  })
}

function apply(id: string, repair: Repair, { set, moveSecret, noting }: RepairPorts): string {
  if (repair.kind === 'secret') return `${repair.path} is kept in gateway.env as ${moveSecret(repair.path)} now`
  if (repair.kind === 'setting') {
    set(repair.path, repair.value)
    return `${repair.path} is now ${repair.value}`
  }
  const { path } = repair
  const { from, to } = takeAway(path, repair.mode, (modes, change) => {
    noting('security.repaired', { id, path, ...modes }, change)
  })
  return `${path} had mode ${from} and has ${to} now`
}

type Modes = { readonly from: string; readonly to: string }

/** Opened without following a link, and checked and changed as the file that was opened, whatever its name leads to by now. */
function takeAway(path: string, mode: number, making: (modes: Modes, change: () => void) => void): Modes {
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    const stat = fstatSync(fd)
    if (stat.uid !== process.getuid?.()) throw new Error('it belongs to another account')
    if (!stat.isFile() && !stat.isDirectory()) throw new Error('it is neither a file nor a folder')
    if (stat.isFile() && stat.nlink > 1) throw new Error('it has another name elsewhere (a hard link)')
    const before = stat.mode & 0o777
    const modes = { from: octal(before), to: octal(before & mode) }
    making(modes, () => fchmodSync(fd, before & mode))
    return modes
  } finally {
    closeSync(fd)
  }
}

const octal = (mode: number): string => mode.toString(8).padStart(3, '0')
