/** Whether a process is still there. */

import { readFileSync } from 'node:fs'

/**
 * True while a process with this id runs, also one of another account. One that has ended counts no more, even where
 * nobody collects it: the first process of many containers never does, and its entry stays for good.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return !hasEnded(pid)
}

/** Linux: the state follows the name, which is in parentheses and may hold some itself (proc(5)). */
function hasEnded(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return false // another system, or one that shows no processes of others
  }
}
