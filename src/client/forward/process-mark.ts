/** Tells a process from a later one that got the same id: by when it started. */

import { readFile } from 'node:fs/promises'
import type { AskProgram } from '../system-programs.ts'

/** The same for a process as long as it lives, different for any other. Undefined when there is no such process. */
export async function processMark(pid: number, ask: AskProgram): Promise<string | undefined> {
  if (process.platform === 'linux') return await markInProc(pid)
  const { code, stdout } = await ask('ps', ['-o', 'lstart=', '-p', String(pid)])
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : undefined
}

/** Clock ticks since the boot, and which boot. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, field 22 */
async function markInProc(pid: number): Promise<string | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ])
    // The name, in parentheses, may hold anything; what follows its last one is numbers, beginning with field 3.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state] = fields
    return state === 'Z' ? undefined : `${boot.trim()}/${fields[19]}`
  } catch {
    return undefined
  }
}
