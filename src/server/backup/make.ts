/** Makes a backup: one private file with everything another machine needs to be this gateway. */

import { randomBytes } from 'node:crypto'
import { constants, copyFileSync, createReadStream, existsSync, linkSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { createTarPacker } from 'modern-tar'
import { version } from '../../shared/build.ts'
import { Fault } from '../../shared/fault.ts'
import { folderTrouble } from '../../shared/std/folder-trouble.ts'
import { shellWord } from '../../shared/std/shell-words.ts'
import { migrations } from '../storage/migrations/table.ts'
import type { StatePaths } from '../storage/paths.ts'
import { isThere } from '../storage/private-files.ts'
import { type Copied, copyParts } from './copy.ts'
import { type Manifest, manifestFormat, manifestName } from './manifest.ts'
import { partTable } from './parts.ts'

export type BackupWish = {
  readonly paths: StatePaths
  readonly file: string
  readonly withSecrets: boolean
  /** Where it is made, for whoever restores it. */
  readonly host: string
  readonly home: string
  readonly now: number
}

export type BackupReport = {
  readonly file: string
  readonly bytes: number
  /** What went in, and what is there but was left out, in words. */
  readonly parts: readonly string[]
  readonly leftOut: readonly string[]
  readonly createdAt: string
}

/** What this version writes and can read. */
export const ourVersions = { version, schema: migrations.at(-1)?.id ?? 0 }

/**
 * Throws `usage.invalid` when there is nothing to back up, the file is there already or cannot be there, `storage.full`,
 * and `state.damaged` for a database that cannot be read.
 */
export async function makeBackup(wish: BackupWish): Promise<BackupReport> {
  const { paths, file, withSecrets, host, home, now } = wish
  if (existsSync(file)) throw taken(file)
  if (!isThere(paths.database) && !isThere(paths.config)) throw nothing(paths)
  const draft = join(dirname(file), `.clawdbot-backup-${randomBytes(6).toString('hex')}`)
  const folder = mkdtempSync(join(paths.stateDir, '.backup-'))
  try {
    // Before anything is copied, which may take minutes.
    await using output = await writing(file, async () => await open(draft, 'wx', 0o600))
    const copied = await copyParts(paths, folder, withSecrets)
    const createdAt = new Date(now).toISOString()
    const parts = copied.map(({ name, size, sha256 }) => ({ name, size, sha256 }))
    const manifest = { format: manifestFormat, ...ourVersions, createdAt, host, home, withSecrets, parts }
    await writing(file, async () => {
      await pack(manifest, copied, output)
      publish(draft, file)
    })
    return { file, bytes: statSync(file).size, createdAt, ...told(copied, wish) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    if (existsSync(draft)) rmSync(draft)
  }
}

function told(copied: readonly Copied[], { paths, withSecrets }: BackupWish): Pick<BackupReport, 'parts' | 'leftOut'> {
  const secret = partTable.filter((part) => part.isSecret && existsSync(part.path(paths)))
  return {
    parts: [...new Set(copied.map(({ part }) => part.what))],
    leftOut: withSecrets ? [] : secret.map(({ what }) => what),
  }
}

async function pack(manifest: Manifest, copied: readonly Copied[], output: FileHandle): Promise<void> {
  const { readable, controller } = createTarPacker()
  const written = pipeline(
    Readable.fromWeb(readable as Parameters<typeof Readable.fromWeb>[0]),
    createGzip(),
    output.createWriteStream({ flush: true }),
  )
  const add = async (name: string, size: number, body: Readable) => {
    const mtime = new Date(manifest.createdAt)
    await pipeline(body, Writable.fromWeb(controller.add({ name, size, mode: 0o600, mtime })))
  }
  const fill = async () => {
    const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
    await add(manifestName, text.length, Readable.from([text]))
    for (const { name, size, path } of copied) await add(name, size, createReadStream(path))
    controller.finalize()
  }
  await Promise.all([written, fill().catch((error) => controller.error(error))])
}

/** Never over another file; whole or not at all, except on a file system without hard links, such as FAT. */
function publish(draft: string, file: string): void {
  try {
    linkSync(draft, file)
  } catch (error) {
    if (!noLinks.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    copyFileSync(draft, file, constants.COPYFILE_EXCL)
  }
}

const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/** Does what writes the file; why that cannot be is told in words. */
async function writing<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw taken(file)
    throw unwritable(file, error)
  }
}

function unwritable(file: string, error: unknown): unknown {
  const folder = dirname(file)
  const trouble = folderTrouble(folder, error)
  if (!trouble) return error
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
  return new Fault(
    trouble.isFull ? 'storage.full' : 'usage.invalid',
    `No backup was made: ${isMissing ? `there is no folder ${folder}` : trouble.why}`,
    {
      remedy: isMissing
        ? `Make it: mkdir -p ${shellWord(folder)}`
        : `${trouble.isFull ? 'Free some space there, or name' : 'Name'} a folder elsewhere, such as: clawdbot backup ~`,
      cause: error,
    },
  )
}

function taken(file: string): Fault {
  return new Fault('usage.invalid', `${file} is there already`, { remedy: 'Give the backup another name.' })
}

function nothing({ stateDir }: StatePaths): Fault {
  return new Fault('usage.invalid', `There is no gateway's state in ${stateDir}`, {
    remedy: 'Start a gateway there once, or name another folder with CLAWDBOT_STATE_DIR.',
  })
}
