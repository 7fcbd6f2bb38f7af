/** Fetches the real programs from npm into a folder of their own, outside the repository, once. */

import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
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
  if (existsSync(join(folder, 'complete'))) return entry
  mkdirSync(folder, { recursive: true })
  const manifest = { name: `peer-${name}`, private: true, dependencies: { [name]: version }, overrides }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, maxBuffer: 64 << 20 })
  writeFileSync(join(folder, 'complete'), '')
  return entry
}
