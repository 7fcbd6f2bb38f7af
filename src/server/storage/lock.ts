/**
 * One gateway per state folder (security requirement DU7). The lock is one the operating system holds for the process
 * (through SQLite, Node has no other way to it), so it ends with the process however that ends: nothing stale can be
 * left, and two that start at once cannot both get it. Who holds it is written beside it, for the message only.
 */

import { closeSync, existsSync, openSync, unlinkSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../shared/fault.ts'
import { parseJson } from '../../shared/std/json.ts'
import { readPrivateFile, writePrivateFile } from './private-files.ts'
import { loadSqlite } from './sqlite.ts'

export type LockOwner = { pid: number; startedAt: number }

/** A database nobody refers to is closed by the garbage collector, and its lock with it; these are referred to. */
const held = new Set<DatabaseSync>()

/** Holds the lock until disposed; throws `state.locked` when another process has it. `path` need not exist. */
export function takeLock(path: string, now: number): Disposable {
  const db = tryLock(path)
  if (!db) throw taken(path)
  held.add(db)
  writePrivateFile(ownerFile(path), JSON.stringify({ pid: process.pid, startedAt: now } satisfies LockOwner), {
    keepLast: false,
  })
  return {
    [Symbol.dispose]() {
      if (!db.isOpen) return
      if (existsSync(ownerFile(path))) unlinkSync(ownerFile(path))
      db.close()
      held.delete(db)
    },
  }
}

/** The process that holds the lock now; undefined when nobody does. Harmless to the one that holds it. */
export function lockOwner(path: string): LockOwner | undefined {
  if (!existsSync(path)) return undefined
  const db = tryLock(path)
  if (db) {
    db.close()
    return undefined
  }
  return readOwner(path)
}

function tryLock(path: string): DatabaseSync | undefined {
  // Made by us first, so that it is private.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
  const { DatabaseSync } = loadSqlite()
  const db = new DatabaseSync(path, { timeout: 0 })
  try {
    // An exclusive transaction in rollback-journal mode is one lock on the file, and writes nothing.
    db.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE')
    return db
  } catch (error) {
    db.close()
    if ((error as { errcode?: number }).errcode === sqliteBusy) return undefined
    throw error
  }
}

/** https://www.sqlite.org/rescode.html#busy */
const sqliteBusy = 5

function readOwner(path: string): LockOwner | undefined {
  const parsed = parseJson(readPrivateFile(ownerFile(path)) ?? '')
  const { pid, startedAt } = (parsed.ok ? parsed.value : {}) as Partial<LockOwner>
  return typeof pid === 'number' && typeof startedAt === 'number' ? { pid, startedAt } : undefined
}

function ownerFile(path: string): string {
  return `${path}.owner`
}

function taken(path: string): Fault {
  const owner = readOwner(path)
  const who = owner ? ` (process ${owner.pid}, since ${new Date(owner.startedAt).toISOString()})` : ''
  return new Fault('state.locked', `Another gateway${who} is using ${path.replace(/[^/\\]*$/, '')}`, {
    remedy: 'Use that one, or stop it with: clawdbot gateway stop. A second gateway needs its own CLAWDBOT_STATE_DIR.',
    ...(owner ? { details: { pid: owner.pid } } : {}),
  })
}
