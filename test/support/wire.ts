/** Frames recorded from the real gateways (test/fixtures/wire): one recording tests both ends. */

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type WireLine =
  /** Client to gateway; a text where the client sent no JSON. */
  | { ms: number; dir: 'out'; frame: { id: string; method: string; params?: unknown } | string }
  | { ms: number; dir: 'in'; frame: Record<string, unknown> & { type: string; id?: string; event?: string } }
  | { ms: number; dir: 'close'; code: number; reason: string }

const root = join(import.meta.dirname, '../fixtures/wire')

/** `v3/health.jsonl`, `v4/connect.jsonl`, … in order. */
export const recordings: readonly string[] = globSync('v*/*.jsonl', { cwd: root }).sort()

/** The lines of one recording. Long lists were cut when recorded: the note left in their place is taken out. */
export function recording(name: string): WireLine[] {
  const lines = readFileSync(join(root, name), 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line, (_key, value) => (Array.isArray(value) ? value.filter(isReal) : value)))
}

function isReal(item: unknown): boolean {
  return typeof item !== 'string' || !/^<cut: \d+ items>$/.test(item)
}
