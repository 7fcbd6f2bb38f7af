/** Where a service looks for programs: where the person who installs it does. Pure. */

import { delimiter } from 'node:path'

/** Relative folders mean something else where the service starts. */
export function searchPath(path = ''): string {
  const folders = path.split(delimiter).filter((folder) => folder.startsWith('/'))
  return folders.length === 0 ? '/usr/local/bin:/usr/bin:/bin' : folders.join(delimiter)
}
