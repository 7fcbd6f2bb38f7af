/** A file this account may not read, told as that, with what gives the right to. Pure but for what it is given. */

import { Fault } from './fault.ts'
import { shellWord } from './std/shell-words.ts'

type FileSystem = {
  readonly statSync: (path: string) => { readonly uid: number }
  readonly dirname: (path: string) => string
  /** Of this account; undefined where files have none. */
  readonly uid: number | undefined
}

/** Of an error while reading. Every one that is not a refusal stays as it is. */
export function unreadable(path: string, error: unknown, fs: FileSystem): unknown {
  const { code } = error as { code?: unknown }
  if (code !== 'EACCES' && code !== 'EPERM') return error
  const place = firstThere(path, fs)
  const isFile = place.path === path
  const what = isFile ? `This account may not read ${path}` : `This account may not look for ${path} in ${place.path}`
  const whose = place.uid === fs.uid ? undefined : `It belongs to another account (uid ${place.uid}). `
  return new Fault('usage.invalid', what, {
    remedy: `${whose ?? ''}${isFile ? ofFile(place.path, whose !== undefined) : ofFolder(place.path, whose !== undefined)}`,
    cause: error,
  })
}

function ofFile(path: string, isForeign: boolean): string {
  const right = `chmod u+rw ${shellWord(path)}`
  return isForeign ? `To take it over: sudo chown "$(id -un)" ${shellWord(path)} && ${right}` : `Run: ${right}`
}

/** Somebody's home is not for the taking. */
function ofFolder(path: string, isForeign: boolean): string {
  if (!isForeign) return `Run: chmod u+rwx ${shellWord(path)}`
  return 'Name a folder of this account: HOME and CLAWDBOT_STATE_DIR say where the state is.'
}

/** Where a folder may not be looked into, what is in it cannot be asked; the folder can. */
function firstThere(path: string, fs: FileSystem): { path: string; uid: number } {
  for (let place = path; ; place = fs.dirname(place)) {
    try {
      return { path: place, uid: fs.statSync(place).uid }
    } catch (error) {
      if (fs.dirname(place) === place) throw error
    }
  }
}
