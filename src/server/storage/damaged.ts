/** Sets a damaged database aside, whole, so that nothing is ever written over it (security requirement DU4). */

import { chmodSync, existsSync, renameSync } from 'node:fs'

/** Renames the file and its WAL to `<path>.damaged-<n>`; returns the new path of the main file. */
export function keepDamaged(path: string): string {
  let n = 1
  while (existsSync(`${path}.damaged-${n}`)) n++
  const copy = `${path}.damaged-${n}`
  for (const suffix of ['-wal', '-shm', '']) {
    if (!existsSync(path + suffix)) continue
    renameSync(path + suffix, copy + suffix)
    chmodSync(copy + suffix, 0o600)
  }
  return copy
}
