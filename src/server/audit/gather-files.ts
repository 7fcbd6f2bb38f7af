/** Looks at the gateway's files without opening, following or changing any. */

import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { StatePaths } from '../storage/paths.ts'
import type { FileFact, FilePart } from './facts.ts'

/** So many names of one folder are looked at. */
const mostNames = 2000

/** What lies directly in the state folder, by name; anything else there is nobody's secret. */
const partOfName: readonly [RegExp, FilePart][] = [
  [/^clawdbot\.json(\.bak)?$/, 'config'],
  [/^(secrets|identity|tls)$/, 'credentials-folder'],
  [/^(gateway-token|gateway\.env|profiles\.json|allowed-commands\.json|tailscale-serve\.json)(\.bak)?$/, 'credential'],
  [/^(clawdbot\.db|outbox$|cache$)/, 'store'],
  [/^(logs$|audit\.db)/, 'log'],
]

/** What a folder's own files are; one level is enough, as none has folders that matter. */
const partInside: Readonly<Partial<Record<FilePart, FilePart>>> = {
  'credentials-folder': 'credential',
  store: 'store',
  log: 'log',
}

export function gatherFiles({ stateDir, config }: Pick<StatePaths, 'stateDir' | 'config'>): FileFact[] {
  const state = look('state', stateDir)
  const folder = state.flatMap((fact) => (fact.target === undefined ? [] : look('state', fact.target)))
  const inside = namesIn(stateDir).flatMap((name) => {
    const part = partOfName.find(([pattern]) => pattern.test(name))?.[1]
    return part === undefined ? [] : withContents(part, join(stateDir, name))
  })
  const elsewhere =
    dirname(config) === stateDir ? [] : [config, `${config}.bak`].flatMap((path) => look('config', path))
  const named = inside.some(({ path }) => path === config) ? [] : look('config', config)
  return [...state, ...folder, ...inside, ...(elsewhere.length > 0 ? elsewhere : named)]
}

function withContents(part: FilePart, path: string): FileFact[] {
  const own = look(part, path)
  const within = partInside[part]
  if (within === undefined || own[0]?.kind !== 'folder') return own
  return [...own, ...namesIn(path).flatMap((name) => look(within, join(path, name)))]
}

function look(part: FilePart, path: string): FileFact[] {
  const stat = lstatIfThere(path)
  if (!stat) return []
  const kind = kindOf(stat)
  const mode = kind === 'link' || process.platform === 'win32' ? undefined : stat.mode & 0o777
  const target = kind === 'link' ? { target: resolve(dirname(path), readlinkSync(path)) } : {}
  return [{ part, path, kind, mode, uid: stat.uid, ...target }]
}

/** Undefined also where a part of the path is no folder. */
export function lstatIfThere(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw error
  }
}

function kindOf(stat: Stats): FileFact['kind'] {
  if (stat.isSymbolicLink()) return 'link'
  if (stat.isDirectory()) return 'folder'
  return stat.isFile() ? 'file' : 'other'
}

/** None where there is no folder, or it is closed to us. */
function namesIn(path: string): string[] {
  try {
    return readdirSync(path).slice(0, mostNames).sort()
  } catch {
    return []
  }
}
