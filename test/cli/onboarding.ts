/** `clawdbot onboard` with its answers as flags, in a home of the test. */

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { Home } from '../client/support.ts'
import { clawdbot } from './world.ts'

export const long = 'correct horse battery staple mauve'

export async function homeWith(config?: string): Promise<Home> {
  const home = await Home.make()
  await mkdir(home.paths.stateDir, { recursive: true, mode: 0o700 })
  if (config !== undefined) await writeFile(home.paths.configPath, config, { mode: 0o600 })
  return home
}

export const onboard = async (home: Home, flags: string, env = {}, more = {}) =>
  await clawdbot(home, ['onboard', '--non-interactive', ...flags.split(' ').filter(Boolean)], { env, ...more })

export const textOf = async (path: string) => await readFile(path, 'utf8').catch(() => '')
