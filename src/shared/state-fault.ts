/** A state folder that cannot be used, told as what it is: a setting that somebody has to change. Pure. */

import { Fault } from './fault.ts'
import { folderTrouble, isFullDisk } from './std/folder-trouble.ts'

type SystemError = { readonly code?: unknown; readonly path?: unknown; readonly syscall?: unknown }

/** An error that is understood stays as it is; undefined for every other one. */
export function stateFault(stateDir: string, error: unknown): Fault | undefined {
  if (error instanceof Fault) return error
  if (!(error instanceof Error)) return undefined
  const { code, path, syscall } = error as SystemError
  if (path === undefined && isFullDisk(error)) return someDiskFull(stateDir, error)
  if (typeof path !== 'string' || !isWithin(stateDir, path)) return undefined
  // A file that is not there is for its reader to explain.
  if ((code === 'ENOENT' || code === 'EEXIST') && syscall !== 'mkdir') return undefined
  const trouble = folderTrouble(path === stateDir ? 'it' : path, error)
  if (!trouble) return undefined
  return new Fault(
    trouble.isFull ? 'storage.full' : 'usage.invalid',
    `The state folder ${stateDir} cannot be used: ${trouble.why}`,
    {
      remedy: `${trouble.isFull ? 'Free some space there' : 'Let this account write there'}, or name another folder with CLAWDBOT_STATE_DIR (without it: ~/.clawdbot).`,
      cause: error,
    },
  )
}

/** A failed write names no file. */
function someDiskFull(stateDir: string, cause: Error): Fault {
  return new Fault('storage.full', 'A disk is full; what was to be written is not', {
    remedy: `The state is in ${stateDir}; which disk is full says: df -h. Free some space there, then try again.`,
    cause,
  })
}

/** A folder above it may be the one that cannot be made. */
function isWithin(stateDir: string, path: string): boolean {
  const inside = (folder: string, one: string) => one === folder || /^[/\\]/.test(one.slice(folder.length))
  return (path.startsWith(stateDir) && inside(stateDir, path)) || (stateDir.startsWith(path) && inside(path, stateDir))
}
