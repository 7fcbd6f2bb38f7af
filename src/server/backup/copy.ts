/** A whole copy of each part at one moment, in a private folder: of databases while a gateway writes to them. */

import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Fault } from '../../shared/fault.ts'
import { unreadableJournal } from '../journal/journal.ts'
import { databaseFault } from '../storage/database-fault.ts'
import type { StatePaths } from '../storage/paths.ts'
import { readPrivateFile } from '../storage/private-files.ts'
import { loadSqlite } from '../storage/sqlite.ts'
import type { PartEntry } from './manifest.ts'
import { type Part, partTable } from './parts.ts'

export type Copied = PartEntry & { readonly part: Part; readonly path: string }

/** Copies what is there into `folder`, under numbers instead of names. Throws `state.damaged` and `storage.full`. */
export async function copyParts(paths: StatePaths, folder: string, withSecrets: boolean): Promise<Copied[]> {
  const copied: Copied[] = []
  for (const part of partTable.filter(({ isSecret }) => withSecrets || !isSecret)) {
    for (const [name, from] of filesOf(part, paths)) {
      const path = join(folder, String(copied.length))
      if (part.kind === 'database') {
        await copyDatabase(from, path).catch((error) => {
          throw untaken(error, from, paths)
        })
      } else writeFileSync(path, readPrivateFile(from) ?? '', { flag: 'wx', mode: 0o600 })
      copied.push({ part, name, path, size: statSync(path).size, sha256: await digestOf(path) })
    }
  }
  return copied
}

/** Names in the archive, and paths. */
function filesOf(part: Part, paths: StatePaths): (readonly [string, string])[] {
  const path = part.path(paths)
  if (!existsSync(path)) return []
  if (part.kind !== 'folder') return [[part.name, path]]
  const files = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile())
  return files.map(({ name }) => [`${part.name}/${name}`, join(path, name)] as const)
}

/** More pages than any database has: all at once is one moment, and in WAL mode nobody waits for who reads. */
const allPages = 0x7fff_ffff

async function copyDatabase(from: string, to: string): Promise<void> {
  const { DatabaseSync, backup } = loadSqlite()
  using db = new DatabaseSync(from, { timeout: 5000 })
  writeFileSync(to, '', { flag: 'wx', mode: 0o600 })
  await backup(db, to, { rate: allPages })
}

function untaken(error: unknown, from: string, { journal, stateDir }: StatePaths): unknown {
  const fault = databaseFault(error, from)
  if (!(fault instanceof Fault)) return error
  if (fault.code === 'state.damaged') return from === journal ? unreadableJournal(from, error) : fault
  return new Fault(fault.code, `No backup was made: the disk that holds ${stateDir} is full`, {
    remedy: 'Free some space there: for a moment a backup takes as much as what it copies.',
    cause: error,
  })
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
