/** What a backup is made of: each thing that is kept, its name in the archive, and where it belongs on this machine. Pure. */

import { join } from 'node:path'
import type { StatePaths } from '../storage/paths.ts'

export type Part = {
  /** In the archive; of a folder, what its files' names begin with. */
  readonly name: string
  readonly kind: 'file' | 'folder' | 'database'
  /** For people. */
  readonly what: string
  /** Goes along only when asked for: whoever has it gets in somewhere. */
  readonly isSecret?: true
  readonly path: (paths: StatePaths) => string
}

const inState = (name: string) => (paths: StatePaths) => join(paths.stateDir, name)

export const partTable: readonly Part[] = [
  { name: 'clawdbot.json', kind: 'file', what: 'settings', path: (paths) => paths.config },
  { name: 'clawdbot.db', kind: 'database', what: 'conversations and devices', path: (paths) => paths.database },
  { name: 'audit.db', kind: 'database', what: 'audit log', path: (paths) => paths.journal },
  { name: 'gateway-key.pem', kind: 'file', what: "gateway's key", path: (paths) => paths.key },
  { name: 'tls', kind: 'folder', what: 'TLS certificate', path: (paths) => paths.tls },
  { name: 'allowed-commands.json', kind: 'file', what: 'allowed commands', path: inState('allowed-commands.json') },
  { name: 'profiles.json', kind: 'file', what: 'saved profiles', path: inState('profiles.json') },
  { name: 'device.json', kind: 'file', what: "this device's key", path: inState('identity/device.json') },
  { name: 'gateway-keys.json', kind: 'file', what: 'known gateways', path: inState('identity/gateway-keys.json') },
  { name: 'gateway.env', kind: 'file', what: 'gateway.env', isSecret: true, path: (paths) => paths.env },
  { name: 'gateway-token', kind: 'file', what: "gateway's token", isSecret: true, path: (paths) => paths.token },
  { name: 'secrets', kind: 'folder', what: 'secrets of profiles', isSecret: true, path: inState('secrets') },
  {
    ...{ name: 'gateway-tokens.json', kind: 'file', what: "this device's tokens", isSecret: true },
    path: inState('identity/gateway-tokens.json'),
  },
]

/** What belongs to one run or one machine, or is somebody else's to keep. */
export const leftOutPaths: readonly (keyof StatePaths)[] = [
  ...(['stateDir', 'lock', 'logs', 'socket', 'serveSocket', 'serveNote', 'runtime', 'workspace'] as const),
]

/** The only form a name has: no way leads out of a folder. */
const fileForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

export type Place = { readonly part: Part; readonly path: string }

/** Where a file of that name in an archive belongs; undefined for one no backup of ours has. */
export function placeOf(name: string, paths: StatePaths): Place | undefined {
  const [first = '', second, ...rest] = name.split('/')
  const part = partTable.find((one) => one.name === first)
  if (!part || rest.length > 0) return undefined
  const path = part.path(paths)
  if (part.kind !== 'folder') return second === undefined ? { part, path } : undefined
  return second !== undefined && fileForm.test(second) ? { part, path: join(path, second) } : undefined
}
