/** Ends every process of a run: politely, then by force, those that left the group included (requirement EX11). */

import type { Clock } from '../shared/std/clock.ts'
import { sleep } from '../shared/std/signal.ts'
import type { LedgerEntry } from './ledger.ts'
import { listProcesses, markerOf } from './process-table.ts'

const pollMs = 25
/** Rounds of SIGKILL; each finds what was forked during the last. */
const maxRounds = 50

/** Processes that were found once, by pid, with the time they began. */
type Known = Map<number, number>

/**
 * Living processes of the run: its process group and session, whatever carries its mark, the children of all these, and
 * what is known already. A process that both left the session and cleared its environment is found only through its parent.
 */
function processesOf({ marker, root }: LedgerEntry, known: Known): number[] {
  const all = listProcesses()
  if (all.length === 0) return root && kill(-root.pid, 0) ? [-root.pid] : [] // no /proc: only the group is known
  const rows = all.filter((row) => row.pid !== process.pid && (!root || row.startTicks >= root.startTicks))
  const found = new Set<number>()
  for (const row of rows) {
    const isKin = root && (row.pid === root.pid || row.group === root.pid || row.session === root.pid)
    const isKnown = known.get(row.pid) === row.startTicks
    if (isKin || isKnown || markerOf(row.pid) === marker) found.add(row.pid)
  }
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const row of rows) if (found.has(row.parent)) found.add(row.pid)
  }
  for (const row of rows) if (found.has(row.pid)) known.set(row.pid, row.startTicks)
  return [...found]
}

/**
 * SIGTERM, up to `graceMs` to obey, then SIGKILL until nothing is left. Returns how many were still there. They are stopped
 * before each: one that forks in between and ends would leave a child whose parent is gone. One that has neither session nor
 * environment, and whose parent ends as it was started, is not found: a handler of SIGTERM can still start such a child.
 */
export async function endProcesses(entry: LedgerEntry, graceMs: number, clock: Clock): Promise<number> {
  const known: Known = new Map()
  let living = stopped(entry, known)
  const count = living.length
  const deadline = clock.monotonic() + graceMs
  if (graceMs > 0) send(living, entry, 'SIGTERM')
  for (let round = 0; living.length > 0 && round < maxRounds; ) {
    if (clock.monotonic() >= deadline) {
      send(stopped(entry, known), entry, 'SIGKILL')
      round++
    } else send(living, entry, 'SIGCONT') // each time: runuser stops itself when it sees that its child was
    // Short at first after a kill, so that a fork bomb is overtaken before it grows again.
    await sleep(clock, round > 0 && round < 10 ? 1 : pollMs)
    living = processesOf(entry, known)
  }
  return count
}

/** All of them, once a look finds none that may still fork. */
function stopped(entry: LedgerEntry, known: Known): number[] {
  const held = new Set<number>()
  let living = processesOf(entry, known)
  for (let look = 0; look < maxRounds; look++) {
    const free = living.filter((pid) => !held.has(pid))
    if (free.length === 0) break
    send(free, entry, 'SIGSTOP')
    for (const pid of free) held.add(pid)
    living = processesOf(entry, known)
  }
  return living
}

/** To the group in one call, which no fork can slip through, and to those outside of it. */
function send(pids: readonly number[], { root }: LedgerEntry, signal: NodeJS.Signals): void {
  if (pids.length > 0 && root) kill(-root.pid, signal)
  for (const pid of pids) kill(pid, signal)
}

/** False when there is no such process any more, or it belongs to another user. Never the gateway's own group (0, 1). */
function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  if (Math.abs(pid) <= 1) return false
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
