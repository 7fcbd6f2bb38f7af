/** When each gateway was last on screen, in a private file; a disk that cannot be used costs the order of a list. */

import { readFileSync } from 'node:fs'
import { writePrivate } from '../../client/private-file.ts'
import { isRecord, parseJson } from '../../shared/std/json.ts'

/** More than these nobody goes through. */
const maxKept = 200

export class Recency {
  readonly #path: string
  #times: Readonly<Record<string, number>>

  constructor(path: string) {
    this.#path = path
    this.#times = readTimes(path)
  }

  /** Milliseconds since 1970; undefined for one that never was. */
  of(id: string): number | undefined {
    return this.#times[id]
  }

  mark(id: string, atMs: number): void {
    const newest = Object.entries({ ...this.#times, [id]: atMs }).sort((a, b) => b[1] - a[1])
    this.#times = Object.fromEntries(newest.slice(0, maxKept))
    writePrivate(this.#path, JSON.stringify(this.#times)).catch(() => {})
  }
}

function readTimes(path: string): Record<string, number> {
  try {
    const parsed = parseJson(readFileSync(path, 'utf8'))
    const entries = parsed.ok && isRecord(parsed.value) ? Object.entries(parsed.value) : []
    return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
  } catch {
    return {} // the first start
  }
}
