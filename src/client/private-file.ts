/** Small files only this account may read: written whole, beside and renamed, so that a crash leaves the old or the new. */

import { randomBytes } from 'node:crypto'
import { constants, mkdirSync, statSync } from 'node:fs'
import { chmod, type FileHandle, link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault } from '../shared/fault.ts'
import { fullDisk } from '../shared/full-disk.ts'
import type { Clock } from '../shared/std/clock.ts'
import { makeFolders } from '../shared/std/make-folders.ts'
import { unreadable } from '../shared/unreadable.ts'
import { lockFile } from '../tunnel/file-lock.ts'

/** Absent on Windows, where links need privileges of their own. */
const noFollow = constants.O_NOFOLLOW ?? 0

/** The file's text; undefined when there is none. Rejects with `usage.invalid` when this account may not read it. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw refused(path, error)
  }
}

function refused(path: string, error: unknown): unknown {
  return unreadable(path, error, { statSync, dirname, uid: process.getuid?.() })
}

/** Creates the folder and those above it that are missing, 0700. */
export function makePrivateFolder(path: string): void {
  makeFolders(path, { mkdirSync, statSync, dirname })
}

/** Creates the folder 0700, or takes away other accounts' access to one that is ours. */
export async function ensurePrivateFolder(path: string): Promise<void> {
  makePrivateFolder(path)
  const { mode, uid } = await stat(path)
  if (process.platform !== 'win32' && isOurs(uid) && (mode & 0o077) !== 0) await chmod(path, 0o700)
}

/**
 * The text of a file that holds a secret; undefined when there is none. One that is a link, belongs to or can be read by
 * others, or lies in a folder others may write to throws `secret.unavailable` (SE2).
 */
export async function readSecretFile(path: string): Promise<string | undefined> {
  let file: FileHandle
  try {
    file = await open(path, constants.O_RDONLY | noFollow)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (code === 'ELOOP') throw untrusted(path, 'is a link', 'Put the file itself there.')
    throw refused(path, error)
  }
  try {
    await checkOwner(path, file)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

async function checkOwner(path: string, file: FileHandle): Promise<void> {
  if (process.platform === 'win32') return // permission bits mean nothing there
  const [its, folder] = await Promise.all([file.stat(), stat(dirname(path))])
  if (!its.isFile()) throw untrusted(path, 'is not a file', 'Move it away.')
  if (!isOurs(its.uid)) throw untrusted(path, 'belongs to another account', 'Delete it, and set the secret again.')
  if ((its.mode & 0o077) !== 0) throw untrusted(path, 'can be read by others', `chmod 600 ${path}`)
  if (!isOurs(folder.uid) || (folder.mode & 0o022) !== 0) {
    throw untrusted(path, 'lies in a folder that others may write to', `chmod 700 ${dirname(path)}`)
  }
}

function isOurs(uid: number): boolean {
  return process.getuid === undefined || uid === process.getuid()
}

function untrusted(path: string, what: string, remedy: string): Fault {
  return new Fault('secret.unavailable', `The secret in ${path} is not used: it ${what}`, { remedy })
}

/** Until it is disposed no other program of ours changes the file; its folder is there then. Rejects with `state.locked`. */
export async function lockPrivate(path: string, clock: Clock): Promise<AsyncDisposable> {
  await ensurePrivateFolder(dirname(path))
  return await lockFile(`${path}.lock`, clock)
}

/** Replaces the file with mode 0600 in a folder with mode 0700; on disk when this resolves. Rejects with `storage.full`. */
export async function writePrivate(path: string, text: string): Promise<void> {
  makePrivateFolder(dirname(path))
  const draft = draftOf(path)
  try {
    await writeNew(draft, text)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw fullDisk(path, error)
  }
}

/** Writes the file unless it exists already; returns whether it did. Who finds it finds all of it. */
export async function createPrivate(path: string, text: string): Promise<boolean> {
  makePrivateFolder(dirname(path))
  const draft = draftOf(path)
  try {
    await writeNew(draft, text)
    await link(draft, path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error
      await writeNew(path, text) // a file system without hard links: others may find it half written
    })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw fullDisk(path, error)
  } finally {
    await rm(draft, { force: true })
  }
}

function draftOf(path: string): string {
  return `${path}.${process.pid}-${randomBytes(4).toString('hex')}`
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}
