/** Ends every process of a run: politely, then by force, those that left the group included (requirement EX11). */

import type { Clock } from '../../../shared/std/clock.ts'
import { sleep } from '../../../shared/std/signal.ts'
import type { LedgerEntry } from './ledger.ts'
import { listProcesses, markerOf } from './process-table.ts'

const pollMs = 25
/** Rounds of SIGKILL; each finds what was forked during the last. */
const maxRounds = 50

/**
 * Living processes of the run: its process group and session, whatever carries its mark, and the children of all
 * these. A process that both left the session and cleared its environment is found only through its parent.
 */
function processesOf({ marker, root }: LedgerEntry): number[] {
  const rows = listProcesses().filter((row) => row.pid !== process.pid && (!root || row.startTicks >= root.startTicks))
  const found = new Set<number>()
  for (const row of rows) {
    const isKin = root && (row.pid === root.pid || row.group === root.pid || row.session === root.pid)
    if (isKin || markerOf(row.pid) === marker) found.add(row.pid)
  }
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const row of rows) if (found.has(row.parent)) found.add(row.pid)
  }
  return [...found]
}

/** SIGTERM, up to `graceMs` to obey, then SIGKILL until nothing is left. Returns how many were still there. */
export async function endProcesses(entry: LedgerEntry, graceMs: number, clock: Clock): Promise<number> {
  const first = processesOf(entry)
  send(first, entry, 'SIGTERM')
  const deadline = clock.monotonic() + graceMs
  while (isAlive(entry) && clock.monotonic() < deadline) await sleep(clock, pollMs)
  for (let round = 0; round < maxRounds && isAlive(entry); round++) {
    send(processesOf(entry), entry, 'SIGKILL')
    await sleep(clock, round < 5 ? 1 : pollMs) // the kernel needs a moment to end them
  }
  return first.length
}

function isAlive(entry: LedgerEntry): boolean {
  return (
    processesOf(entry).length > 0 ||
    (entry.root !== undefined && listProcesses().length === 0 && groupExists(entry.root.pid))
  )
}

function send(pids: readonly number[], { root }: LedgerEntry, signal: NodeJS.Signals): void {
  if (root) kill(-root.pid, signal)
  for (const pid of pids) kill(pid, signal)
}

function groupExists(pid: number): boolean {
  return kill(-pid, 0)
}

/** False when there is no such process any more, or it belongs to another user. */
function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
