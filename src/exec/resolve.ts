/** Finds the program a word names and says exactly which file that is. */

import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { access, type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join, resolve } from 'node:path'

/** One file, so precisely that putting another in its place shows. */
export type FileIdentity = {
  /** Absolute, all links resolved. */
  path: string
  inode: string
  size: number
  /** Nanoseconds. The change time cannot be set back by a program. */
  modifiedNs: string
  changedNs: string
  /** Hex; null for files above `maxHashedBytes`, which the other facts must tell apart. */
  sha256: string | null
}

/** Larger files are told apart by size and times alone: hashing 100 MB takes about 80 ms. */
const maxHashedBytes = 32 * 1024 * 1024

/** The regular file at `path`; undefined when there is none or it may not be read. Never throws. */
export async function identifyFile(path: string): Promise<FileIdentity | undefined> {
  let handle: FileHandle | undefined
  try {
    const real = await realpath(path)
    if (!(await stat(real)).isFile()) return undefined // opening a device can already do something
    handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const facts = await handle.stat({ bigint: true })
    if (!facts.isFile()) return undefined
    return {
      path: real,
      inode: `${facts.dev}:${facts.ino}`,
      size: Number(facts.size),
      modifiedNs: String(facts.mtimeNs),
      changedNs: String(facts.ctimeNs),
      sha256: facts.size > maxHashedBytes ? null : await sha256(handle),
    }
  } catch {
    return undefined // missing, unreadable or a loop of links: to the caller it is not there
  } finally {
    await handle?.close()
  }
}

async function sha256(handle: FileHandle): Promise<string> {
  const digest = createHash('sha256')
  for await (const chunk of handle.createReadStream({ autoClose: false, start: 0 })) digest.update(chunk)
  return digest.digest('hex')
}

/**
 * The file that the word `word` would start, all links resolved: a path is taken from `cwd`, a bare name is looked up
 * in `searchPath`. Relative and empty parts of that do not count, so the current folder never decides what runs.
 */
export async function findProgram(word: string, cwd: string, searchPath: string): Promise<string | undefined> {
  if (word.includes('/')) return await executableAt(resolve(cwd, word))
  for (const folder of searchPath.split(delimiter)) {
    const found = isAbsolute(folder) ? await executableAt(join(folder, word)) : undefined
    if (found) return found
  }
  return undefined
}

async function executableAt(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK)
    const real = await realpath(path)
    return (await stat(real)).isFile() ? real : undefined
  } catch {
    return undefined // not there or not executable: the next folder is asked
  }
}
