/** One program at a time: a lock file beside what is changed, for changes that take milliseconds. */

import { randomBytes } from 'node:crypto'
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { Fault } from '../shared/fault.ts'
import { fullDisk } from '../shared/full-disk.ts'
import type { Clock } from '../shared/std/clock.ts'
import { isFullDisk } from '../shared/std/folder-trouble.ts'
import { sleep } from '../shared/std/signal.ts'
import { isAlive } from './process-alive.ts'

/** A change takes some milliseconds; who holds the lock longer than this was stopped in the middle, milliseconds. */
const staleAfterMs = 10_000
const patienceMs = 15_000
const lookEveryMs = 10

/** Waits for the lock; dispose it to give it back. Rejects with `state.locked`, or with the signal's reason. */
export async function lockFile(path: string, clock: Clock, signal?: AbortSignal): Promise<AsyncDisposable> {
  const from = clock.monotonic()
  while (!(await create(path))) {
    const inode = await staleInode(path, clock)
    if (inode !== undefined) await breakLock(path, inode)
    else if (clock.monotonic() - from < patienceMs) await sleep(clock, lookEveryMs, signal)
    else throw new Fault('state.locked', `Another program holds ${path}`, { remedy: 'End it, or remove that file.' })
  }
  return { [Symbol.asyncDispose]: async () => await rm(path, { force: true }) }
}

/** The folder must exist. False when somebody holds the lock. */
async function create(path: string): Promise<boolean> {
  try {
    await writeFile(path, `${process.pid}\n`, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    if (isFullDisk(error)) await rm(path, { force: true }) // it is there, and names nobody who would end
    throw fullDisk(path.replace(/\.lock$/, ''), error)
  }
}

/** The inode of a lock whose holder is gone; undefined when it is held, or was given back meanwhile. */
async function staleInode(path: string, clock: Clock): Promise<number | undefined> {
  try {
    const [holder, { ino, mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)])
    const isGone = !isAlive(Number(holder))
    return isGone || clock.now() - mtimeMs > staleAfterMs ? ino : undefined
  } catch {
    return undefined
  }
}

/** Of several that find the same stale lock one moves it away. Who was too late and moved the next one's puts it back. */
async function breakLock(path: string, inode: number): Promise<void> {
  const away = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    await rename(path, away)
    if ((await stat(away)).ino !== inode) await link(away, path)
  } catch {
    // another one was first
  }
  await rm(away, { force: true })
}
