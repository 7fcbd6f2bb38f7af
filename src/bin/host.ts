/** Fits the gateway's rooms to what the line commands know as its files on this machine. */

import type { Host } from '../cli/host.ts'

export async function hostOf(env: Readonly<Record<string, string | undefined>>, home: string): Promise<Host> {
  const { ConfigDesk } = await import('../server/config/desk.ts')
  const { statePaths } = await import('../server/storage/paths.ts')
  const paths = statePaths(env, home)
  return { config: new ConfigDesk({ path: paths.config, env }) }
}
