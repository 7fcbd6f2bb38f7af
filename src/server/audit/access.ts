/** Who else may do what with a file, and the problem that makes of it. Pure. */

import { shellWord } from '../../shared/std/shell-words.ts'
import type { Problem, Repair } from './check.ts'
import type { AuditFacts, FileFact, FilePart } from './facts.ts'

const group = { write: 0o020, see: 0o050 }
const world = { write: 0o002, see: 0o005 }
const others = 0o077

export type Access = 'world-writable' | 'group-writable' | 'world-readable' | 'group-readable' | 'private'

/** The worst that holds. To search a folder is to read it. */
export function accessOf({ mode = 0, kind }: Pick<FileFact, 'mode' | 'kind'>): Access {
  const see = kind === 'folder' ? { world: world.see, group: group.see } : { world: 0o004, group: 0o040 }
  if (mode & world.write) return 'world-writable'
  if (mode & group.write) return 'group-writable'
  if (mode & see.world) return 'world-readable'
  if (mode & see.group) return 'group-readable'
  return 'private'
}

const words: Readonly<Record<Exclude<Access, 'private'>, string>> = {
  'world-writable': 'Every account of this machine may change',
  'group-writable': 'Accounts of its group may change',
  'world-readable': 'Every account of this machine may read',
  'group-readable': 'Accounts of its group may read',
}

/** One problem per file of these parts that is open in one of these ways. */
export function openFiles(
  { files }: AuditFacts,
  parts: readonly FilePart[],
  found: readonly Exclude<Access, 'private'>[],
): Problem[] {
  return files.flatMap((file) => {
    const access = accessOf(file)
    if (!parts.includes(file.part) || access === 'private' || !found.includes(access)) return []
    return [openFile(file, access)]
  })
}

function openFile({ path, kind, mode = 0 }: FileFact, access: Exclude<Access, 'private'>): Problem {
  const closed = closedMode(kind, mode)
  return {
    message: `${words[access]} ${path} (mode ${octal(mode)})`,
    remedy: `Run: chmod ${octal(closed)} ${shellWord(path)}`,
    repair: { kind: 'mode', path, mode: closed } satisfies Repair,
  }
}

/** What its owner may do stays as it is. */
function closedMode(kind: FileFact['kind'], mode: number): number {
  return mode & 0o777 & ~others & (kind === 'folder' ? 0o700 : 0o600)
}

const octal = (mode: number): string => mode.toString(8).padStart(3, '0')
