/** Files only this account may read: made private from the first byte, opened without following links, replaced whole. */

import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { Fault } from '../../shared/fault.ts'
import { fullDisk } from '../../shared/full-disk.ts'
import { makeFolders } from '../../shared/std/make-folders.ts'
import { unreadable } from '../../shared/unreadable.ts'

/** Absent on Windows, where links need privileges of their own. */
const noFollow = constants.O_NOFOLLOW ?? 0

/** Makes everything this process creates from now on private, whichever code creates it (SE1). */
export function usePrivateUmask(): void {
  process.umask(0o077)
}

/** Creates the folder 0700, or takes away other accounts' access to one that is ours. Throws when it cannot be written to. */
export function ensurePrivateFolder(path: string): void {
  makeFolders(path, { mkdirSync, statSync, dirname })
  const stat = statSync(path)
  if (!isOurs(stat.uid)) throw foreign(path)
  if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) chmodSync(path, 0o700)
  accessSync(path, constants.W_OK)
}

/** The text of a file, undefined when there is none. A link, another account's file, or one in a folder others may write to throws `path.outside` (SE2). */
export function readPrivateFile(path: string): string | undefined {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | noFollow)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (code === 'ELOOP') throw isALink(path)
    throw refused(path, error)
  }
  try {
    checkFile(path, fd)
    checkFolders(path)
    return readFileSync(fd, 'utf8')
  } finally {
    closeSync(fd)
  }
}

function refused(path: string, error: unknown): unknown {
  return unreadable(path, error, { statSync, dirname, uid: process.getuid?.() })
}

/** Whether there is such a file. Throws `usage.invalid` where this account may not look. */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    throw refused(path, error)
  }
}

/** A descriptor for appending to a private file, created 0600 if missing. */
export function openForAppend(path: string): number {
  let fd: number | undefined
  try {
    fd = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | noFollow, 0o600)
    checkFile(path, fd)
    return fd
  } catch (error) {
    if (fd !== undefined) closeSync(fd)
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') throw isALink(path)
    throw error
  }
}

/**
 * Replaces a file whole: a temporary file, synced, renamed over it, its folder synced. A crash at any moment leaves
 * the old text or the new one. What was there before is kept as `<path>.bak` (DU8), unless `keepLast` is false.
 */
export function writePrivateFile(path: string, text: string, { keepLast = true } = {}): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  const fd = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | noFollow, 0o600)
  try {
    writeFileSync(fd, text)
    fsyncSync(fd)
  } catch (error) {
    closeSync(fd)
    unlinkSync(temporary)
    throw fullDisk(path, error)
  }
  closeSync(fd)
  if (keepLast && existsSync(path)) keepLastGood(path)
  renameSync(temporary, path)
  syncFolder(dirname(path))
}

function keepLastGood(path: string): void {
  const backup = `${path}.bak`
  const temporary = `${backup}.${process.pid}.tmp`
  copyFileSync(path, temporary)
  chmodSync(temporary, 0o600)
  renameSync(temporary, backup)
}

function syncFolder(path: string): void {
  if (process.platform === 'win32') return // folders cannot be opened there
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Permission bits, undefined when there is no such file or permissions mean nothing here. */
export function fileMode(path: string): number | undefined {
  if (process.platform === 'win32') return undefined
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat && stat.mode & 0o777
}

function checkFile(path: string, fd: number): void {
  const stat = fstatSync(fd)
  if (!stat.isFile()) throw new Fault('path.outside', `${path} is not an ordinary file`, { remedy: 'Move it away.' })
  if (!isOurs(stat.uid)) throw foreign(path)
}

/**
 * Whoever may write to a folder can exchange what lies in it: each folder above a secret has to be ours or root's, and
 * not writable by everybody, unless it is one like `/tmp`, where only the owner of a file may replace it.
 */
function checkFolders(path: string): void {
  if (process.platform === 'win32') return // permissions mean something else there
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const stat = statSync(folder)
    if (!isOurs(stat.uid) && stat.uid !== unmapped) throw foreign(folder)
    if ((stat.mode & worldWritable) !== 0 && (stat.mode & sticky) === 0) throw open(folder)
    if (folder === dirname(folder)) return
  }
}

const worldWritable = 0o002
/** What Linux shows, inside a user namespace, for the root outside of it. */
const unmapped = 65_534
const sticky = 0o1000

/** Root may have made the file for us; nobody else may have. */
function isOurs(uid: number): boolean {
  const own = process.getuid?.()
  return own === undefined || uid === own || uid === 0
}

function foreign(path: string): Fault {
  return new Fault('path.outside', `${path} belongs to another account`, {
    remedy: `Check who made it, then run: chown "$(id -un)" ${path}`,
  })
}

function open(folder: string): Fault {
  return new Fault('path.outside', `Every account of this machine may write to ${folder}; secrets are not read there`, {
    remedy: `Run: chmod o-w ${folder}`,
  })
}

function isALink(path: string): Fault {
  return new Fault('path.outside', `${path} is a symbolic link; secrets are not read through links`, {
    remedy: 'Put the file itself there, or set CLAWDBOT_CONFIG_PATH to where it really is.',
  })
}
