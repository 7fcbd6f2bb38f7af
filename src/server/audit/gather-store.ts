/** Reads the databases beside a gateway that may be running: nothing is written, locked or left behind. */

import { accessSync, constants, existsSync, readdirSync, statfsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { errorText } from '../../shared/fault.ts'
import { folderTrouble } from '../../shared/std/folder-trouble.ts'
import { parseJson } from '../../shared/std/json.ts'
import { checkStored } from '../journal/journal.ts'
import type { StatePaths } from '../storage/paths.ts'
import { loadSqlite } from '../storage/sqlite.ts'
import type { AuditFacts, DeviceFacts, NodeFacts } from './facts.ts'

export type StoreFacts = Pick<AuditFacts, 'devices' | 'nodes' | 'store'>

/** What is read from end to end: a database of a gigabyte takes seconds, a full audit log half of one. */
export type WholeReads = { readonly database: boolean; readonly journal: boolean }

export function gatherStore(paths: StatePaths, whole: WholeReads): StoreFacts {
  const { damage, ...known } = readDatabase(paths.database, whole.database)
  return {
    ...known,
    store: {
      damage,
      setAside: namesIn(paths.stateDir)
        .filter((name) => /^clawdbot\.db\.damaged-\d+$/.test(name))
        .map((name) => join(paths.stateDir, name)),
      ...readJournal(paths.journal, whole.journal),
      freeBytes: freeBytes(paths.stateDir),
      unwritable: whyUnwritable(paths.stateDir),
    },
  }
}

type Known = { devices: DeviceFacts[]; nodes: NodeFacts[]; damage: string | undefined }

function readDatabase(path: string, isWhole: boolean): Known {
  if (!existsSync(path)) return { devices: [], nodes: [], damage: undefined }
  try {
    using db = openReadOnly(path)
    const answer = isWhole ? String(db.prepare('PRAGMA quick_check(1)').get()?.quick_check ?? 'ok') : 'ok'
    return { devices: devicesIn(db), nodes: nodesIn(db), damage: answer === 'ok' ? undefined : answer }
  } catch (error) {
    return { devices: [], nodes: [], damage: isDamage(error) ? errorText(error) : undefined }
  }
}

/** https://www.sqlite.org/rescode.html: corrupt, not a database. */
function isDamage(error: unknown): boolean {
  const { errcode } = error as { errcode?: unknown }
  return typeof errcode === 'number' && [11, 26].includes(errcode & 0xff)
}

function devicesIn(db: DatabaseSync): DeviceFacts[] {
  const rows = db
    .prepare(
      `SELECT device_id, scopes, about, approved_at, (SELECT max(coalesce(last_used_at, created_at)) FROM device_tokens t
         WHERE t.device_id = d.device_id AND revoked_at IS NULL) AS used
       FROM devices d WHERE NOT EXISTS (SELECT 1 FROM device_tokens t WHERE t.device_id = d.device_id AND revoked_at IS NOT NULL)`,
    )
    .all()
  return rows.map((row) => {
    const about = parseJson(String(row.about))
    const { displayName, clientId } = (about.ok ? about.value : {}) as Record<string, unknown>
    return {
      id: String(row.device_id),
      name: String(displayName ?? clientId ?? 'A device without a name'),
      isAdmin: String(row.scopes).includes('"operator.admin"'),
      lastSeenAt: Math.max(Number(row.approved_at), Number(row.used ?? 0)),
    }
  })
}

function nodesIn(db: DatabaseSync): NodeFacts[] {
  return db
    .prepare('SELECT node_id, name, about, approved FROM nodes')
    .all()
    .map(({ node_id, name, about, approved }) => {
      const said = parseJson(String(about))
      const { displayName } = (said.ok ? said.value : {}) as Record<string, unknown>
      const commands = parseJson(String(approved))
      return {
        id: String(node_id),
        name: String(name ?? displayName ?? 'A node without a name'),
        approved: commands.ok && Array.isArray(commands.value) ? commands.value.map(String) : [],
      }
    })
}

type JournalFacts = Pick<AuditFacts['store'], 'journal' | 'inUseSince' | 'backedUpAt'>

function readJournal(path: string, isWhole: boolean): JournalFacts {
  const nothing = { journal: undefined, inUseSince: undefined, backedUpAt: undefined }
  if (!existsSync(path)) return nothing
  try {
    using db = openReadOnly(path)
    const { since, backup } =
      db
        .prepare("SELECT min(at) AS since, max(at) FILTER (WHERE what = 'state.backed-up') AS backup FROM journal")
        .get() ?? {}
    return {
      journal: isWhole ? checkStored(db) : undefined,
      inUseSince: typeof since === 'number' ? since : undefined,
      backedUpAt: typeof backup === 'number' ? backup : undefined,
    }
  } catch (error) {
    return {
      ...nothing,
      journal: isWhole && isDamage(error) ? { kind: 'broken', seq: 0, why: errorText(error) } : undefined,
    }
  }
}

/**
 * A database nobody has open has no log beside it and is read as if it could not change: SQLite would otherwise make
 * that log anew, which as root would be a file the gateway cannot open.
 */
function openReadOnly(path: string): DatabaseSync {
  const { DatabaseSync } = loadSqlite()
  const url = pathToFileURL(path)
  if (!existsSync(`${path}-wal`)) url.searchParams.set('immutable', '1')
  const db = new DatabaseSync(url, { readOnly: true })
  db.exec('PRAGMA busy_timeout=2000')
  return db
}

function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  } catch {
    return undefined
  }
}

/** Where the folder is still to be made, the first one above it that is there has to take it. */
function whyUnwritable(path: string): string | undefined {
  try {
    accessSync(path, constants.W_OK)
    return undefined
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (isMissing && dirname(path) !== path) return whyUnwritable(dirname(path))
    return folderTrouble(path, error)?.why
  }
}

function namesIn(path: string): string[] {
  return existsSync(path) ? readdirSync(path) : []
}
