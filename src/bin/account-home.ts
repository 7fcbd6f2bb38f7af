/** A home folder is needed before anything is read: an empty or relative `HOME` would make one of the current folder. */

import { homedir } from 'node:os'
import { isAbsolute } from 'node:path'

/** Where a home folder is named; the second is that of Windows. */
const names = ['HOME', 'USERPROFILE'] as const

/** Drops such a value, so that the account's own folder counts here and in every program started; what is wrong if there is none. */
export function useAccountHome(env: Record<string, string | undefined>): string | undefined {
  for (const name of names) if (env[name] !== undefined && !isAbsolute(env[name])) delete env[name]
  try {
    homedir()
    return undefined
  } catch {
    return 'This account has no home folder. Set HOME to the whole path of a folder that is its own.'
  }
}
