/** Fetches the real programs from npm into a folder of their own, outside the repository, once. */

import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const peers = {
  clawdbot: { version: '2026.1.24-3', overrides: { libsignal: '6.0.0' } },
  openclaw: { version: '2026.9.6', overrides: {} },
} as const

export type PeerName = keyof typeof peers

/** Path of the program's entry script. Install scripts are not run. */
export async function installPeer(name: PeerName): Promise<string> {
  const { version, overrides } = peers[name]
  const folder = join(process.env.CLAWDBOT_PEERS_DIR ?? join(tmpdir(), 'clawdbot-peers'), `${name}-${version}`)
  const entry = join(folder, 'node_modules', '.bin', name)
  if (isWhole(folder)) return entry
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const manifest = { name: `peer-${name}`, private: true, dependencies: { [name]: version }, overrides }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, maxBuffer: 64 << 20 })
  writeFileSync(join(folder, 'complete'), '')
  return entry
}

/**
 * Whether an install finished and is still all there. Cleaners of temporary folders go by the age of files, and npm gives
 * what it unpacks a date in 1985, so packages vanish one by one.
 */
function isWhole(folder: string): boolean {
  const installed = join(folder, 'node_modules', '.package-lock.json')
  if (!existsSync(join(folder, 'complete')) || !existsSync(installed)) return false
  const lock = JSON.parse(readFileSync(installed, 'utf8')) as { packages: Record<string, unknown> }
  return Object.keys(lock.packages).every((path) => existsSync(join(folder, path, 'package.json')))
}
