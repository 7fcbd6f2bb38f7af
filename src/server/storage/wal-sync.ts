/** Brings commits that were only written to the disk, while the program goes on: the sync waits in another thread. */

import { closeSync, fdatasync, openSync } from 'node:fs'
import { promisify } from 'node:util'
import { Fault } from '../../shared/fault.ts'
import { isFullDisk } from '../../shared/std/folder-trouble.ts'

export type WalSync = Disposable & {
  /** Something was committed that is not on disk yet. */
  wrote(): void
  /** Resolves when everything committed before this call is on disk. Callers that come together share a sync; at most two go on at once. */
  synced(): Promise<void>
}

export type WalSyncOptions = {
  /** Of the write-ahead log. */
  path: string
  /**
   * Copies the log into the database, both synced. After a sync that failed the system may take lost pages for written
   * ones, so another sync of the log proves nothing.
   */
  checkpoint(): void
  /** For tests of a failing disk. */
  sync?: (file: number) => Promise<void>
}

export function openWalSync({ path, checkpoint, sync = promisify(fdatasync) }: WalSyncOptions): WalSync {
  let file: number | undefined
  let isDirty = false
  let hasFailed = false
  let older: Promise<void> = Promise.resolve()
  let latest: Promise<void> = Promise.resolve()
  /** The latest, as long as it has not begun and so takes what is written yet. */
  let waiting: Promise<void> | undefined

  const flush = async (): Promise<void> => {
    waiting = undefined
    isDirty = false
    try {
      if (!hasFailed) {
        file ??= openSync(path, 'r+')
        await sync(file)
      }
      if (hasFailed) checkpoint() // also when the one before failed meanwhile
      hasFailed = false
    } catch (error) {
      hasFailed = true
      isDirty = true
      throw translate(error, path)
    }
  }

  return {
    wrote: () => {
      isDirty = true
    },
    synced() {
      if (!isDirty) return latest
      if (waiting !== undefined) return waiting
      waiting = older.then(flush, flush)
      older = latest
      latest = waiting
      return waiting
    },
    [Symbol.dispose]() {
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  }
}

function translate(error: unknown, path: string): unknown {
  if (!isFullDisk(error)) return error
  return new Fault('storage.full', `The disk that holds ${path} is full`, {
    remedy: 'Free some space on that disk, then try again. What was stored before is still readable.',
    retryable: true,
    cause: error,
  })
}
