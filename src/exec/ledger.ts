/** Which runs have processes, on disk, so that a gateway that was killed finds them when it comes back (requirement EX11). */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bootId, processRow } from './process-table.ts'

/** The first process of a run; `startTicks` tells it from a later one with the same pid. */
type Root = { pid: number; startTicks: number }

/** A run whose processes may still be there. */
export type LedgerEntry = { marker: string; root?: Root }

/** One small private file per living run. It is written before the process starts, so no moment is uncovered. */
export class Ledger {
  readonly #folder: string

  /** `folder` is private to this gateway; it is made when first needed. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** Throws when it cannot be written; nothing is started then. */
  open(entry: LedgerEntry): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    this.#write(entry)
  }

  /** Adds what became known since. */
  note(entry: LedgerEntry): void {
    try {
      this.#write(entry)
    } catch {
      // A full disk: the name of the file alone still finds the processes.
    }
  }

  close(marker: string): void {
    rmSync(this.#path(marker), { force: true })
  }

  /** What an earlier gateway left behind. Entries from before the machine was last started are forgotten. */
  leftovers(): LedgerEntry[] {
    const found: LedgerEntry[] = []
    for (const name of this.#names()) {
      const marker = name.slice(0, -'.json'.length)
      const entry = this.#read(name)
      if (entry.bootId === bootId()) found.push({ marker, ...rootStillThere(entry.root) })
      else this.close(marker)
    }
    return found
  }

  #write(entry: LedgerEntry): void {
    writeFileSync(this.#path(entry.marker), JSON.stringify({ ...entry, bootId: bootId() }), { mode: 0o600 })
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder).filter((name) => /^[0-9a-f]{32}\.json$/.test(name))
    } catch {
      return [] // no run was ever started here
    }
  }

  #read(name: string): { bootId?: unknown; root?: unknown } {
    try {
      return JSON.parse(readFileSync(join(this.#folder, name), 'utf8'))
    } catch {
      return { bootId: bootId() } // cut off while being written: the name alone still finds the processes
    }
  }

  #path(marker: string): string {
    return join(this.#folder, `${marker}.json`)
  }
}

function rootStillThere(root: unknown): { root?: Root } {
  const { pid, startTicks } = (root ?? {}) as Partial<Root>
  if (typeof pid !== 'number' || typeof startTicks !== 'number') return {}
  return processRow(pid)?.startTicks === startTicks ? { root: { pid, startTicks } } : {}
}
