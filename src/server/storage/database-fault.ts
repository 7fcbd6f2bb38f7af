/** What SQLite says of a full disk and of a damaged file, in words. Pure. */

import { Fault } from '../../shared/fault.ts'

/** https://www.sqlite.org/rescode.html: the low byte is the primary code. */
const sqliteFull = 13
const sqliteCorrupt = 11
const sqliteNotADatabase = 26
/** What SQLite reports when a page cannot be written or the WAL index cannot grow: in practice a full disk. */
const fullDiskIoErrors = new Set([778, 4874])

/** A full disk and a damaged file as a `Fault`; anything else as it is. */
export function databaseFault(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof Fault) return error
  const code = (error as { errcode?: unknown }).errcode
  if (typeof code !== 'number') return error
  if ((code & 0xff) === sqliteFull || fullDiskIoErrors.has(code)) {
    return new Fault('storage.full', `The disk that holds ${path} is full; nothing was stored`, {
      remedy: 'Free some space on that disk, then try again. What was stored before is still readable.',
      retryable: true,
      cause: error,
    })
  }
  if ((code & 0xff) === sqliteCorrupt || (code & 0xff) === sqliteNotADatabase) {
    return new Fault('state.damaged', `The database ${path} is damaged: ${error.message}`, {
      remedy: 'Restart the gateway: it sets the damaged file aside and begins a new one.',
      cause: error,
    })
  }
  return error
}
