/** Drafts and prompts on this disk, one private file for each gateway: nothing written is lost by a crash or a slip. */

import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makePrivateFolder } from '../../client/private-file.ts'
import { isRecord, parseJson } from '../../shared/std/json.ts'

export type Kept = { readonly drafts: Readonly<Record<string, string>>; readonly history: readonly string[] }

/** Where drafts are kept. Neither throws: a disk that cannot be used costs the drafts, not the conversation. */
export type Keep = { read(): Kept; write(kept: Kept): void }

const nothing: Kept = { drafts: {}, history: [] }

export function fileKeep(path: string): Keep {
  return {
    read() {
      try {
        return parseKept(readFileSync(path, 'utf8'))
      } catch {
        return nothing // the first start, or a file that somebody else owns
      }
    },
    write(kept) {
      try {
        makePrivateFolder(dirname(path))
        writeFileSync(`${path}.new`, JSON.stringify(kept), { mode: 0o600 })
        renameSync(`${path}.new`, path)
      } catch {
        // A full or read-only disk; writing goes on in memory.
      }
    },
  }
}

function parseKept(text: string): Kept {
  const parsed = parseJson(text)
  if (!parsed.ok || !isRecord(parsed.value)) return nothing
  const { drafts, history } = parsed.value
  const entries = isRecord(drafts) ? Object.entries(drafts) : []
  return {
    drafts: Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    history: Array.isArray(history) ? history.filter((prompt) => typeof prompt === 'string') : [],
  }
}
