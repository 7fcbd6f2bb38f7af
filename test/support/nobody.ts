/** An account that owns nothing, and our programs where it may run them. */

import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { built } from './programs.ts'

export type Account = { readonly uid: number; readonly gid: number }

/** Tests may run as root, as which no gateway should. Undefined for everybody else, who is ordinary already. */
export const nobody: Account | undefined = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined

export type Programs = {
  readonly node: string
  built(name: Parameters<typeof built>[0]): string
  /** The stand-in of `tailscale`. */
  readonly tailscale: string
}

const root = join(import.meta.dirname, '../..')
const tailscale = 'test/support/tailscale/command.ts'

/** Node and our programs for an account; copies of them where this checkout lies in a folder it may not enter. */
export function programsFor(account: Account | undefined): Programs {
  const ours = { node: process.execPath, built, tailscale: join(root, tailscale) }
  if (!account) return ours
  const { status } = spawnSync(process.execPath, [built('clawdbot'), '--version'], { ...account, cwd: '/' })
  if (status === 0) return ours
  const folder = copies()
  return {
    node: join(folder, 'node'),
    built: (name) => join(folder, 'dist', `${name}.js`),
    tailscale: join(folder, tailscale),
  }
}

/** Made once for all tests of a run, and gone when that ends. */
function copies(): string {
  const made = join(inject('openFolder'), 'programs')
  if (existsSync(made)) return made
  const folder = mkdtempSync(join(inject('openFolder'), 'new-'))
  cpSync(process.execPath, join(folder, 'node'))
  for (const path of ['dist', 'package.json', 'test/support/tailscale']) {
    cpSync(join(root, path), join(folder, path), { recursive: true })
  }
  chmodSync(folder, 0o755)
  try {
    renameSync(folder, made)
  } catch {
    rmSync(folder, { recursive: true }) // another test was quicker
  }
  return made
}
