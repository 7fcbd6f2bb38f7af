/** Loads `node:sqlite` when a database is first opened, without the warning Node prints about it. */

import type * as Sqlite from 'node:sqlite'

/** Node 22 and early 24 call the module experimental on stderr; people running a gateway can do nothing with that. */
export function loadSqlite(): typeof Sqlite {
  const emitWarning = process.emitWarning
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (String(warning).includes('SQLite')) return
    Reflect.apply(emitWarning, process, [warning, ...rest])
  }
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}
