/** Frames recorded from the real gateways (test/fixtures/wire): one recording tests both ends. */

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EventFrame, ResponseFrame } from '../../src/shared/protocol/frame.ts'

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

/** The frames of the gateway's half. */
export function incoming(lines: readonly WireLine[]): (ResponseFrame | EventFrame)[] {
  return lines.flatMap((line) => (line.dir === 'in' ? [line.frame as ResponseFrame | EventFrame] : []))
}

/** Every place of a JSON value where it has a key, as `a.b[].c`. A list is described by all of its members together. */
export function shapeOf(value: unknown, at = ''): Set<string> {
  const paths = new Set<string>()
  if (Array.isArray(value)) {
    for (const member of value) for (const path of shapeOf(member, `${at}[]`)) paths.add(path)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      const path = at === '' ? key : `${at}.${key}`
      paths.add(path)
      for (const inner of shapeOf(member, path)) paths.add(inner)
    }
  }
  return paths
}
