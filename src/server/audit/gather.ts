/** Gathers the facts about a gateway's home, once and without changing anything; the gateway may be running or not. */

import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { ConfigEnv } from '../config/load.ts'
import { readRunning } from '../runtime-note.ts'
import type { StatePaths } from '../storage/paths.ts'
import type { AuditFacts } from './facts.ts'
import { gatherConfig } from './gather-config.ts'
import { gatherFiles, lstatIfThere } from './gather-files.ts'
import { countAllowed, gatherRules } from './gather-rules.ts'
import { gatherStore, type WholeReads } from './gather-store.ts'

export type GatherOptions = {
  readonly paths: StatePaths
  readonly env: ConfigEnv
  readonly now: number
  readonly whole: WholeReads
}

export function gatherFacts({ paths, env, now, whole }: GatherOptions): AuditFacts {
  const { config, secret } = gatherConfig({ path: paths.config, env, envFile: paths.env })
  const { agents, tools } = config.settings
  const workspaces = [paths.workspace, agents.defaults.workspace, ...agents.list.map(({ workspace }) => workspace)]
  return {
    now,
    stateDir: paths.stateDir,
    account: accountOf(paths.stateDir),
    files: gatherFiles(paths),
    config,
    secret,
    addresses: Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)),
    rules: gatherRules(
      tools.exec.allowlist,
      workspaces.filter((path) => path !== undefined),
    ),
    allowedCommands: countAllowed(join(paths.stateDir, 'allowed-commands.json')),
    ...gatherStore(paths, whole),
    ssh: undefined,
    tailscaleFlag: readRunning(paths.runtime)?.tailscale,
    tailscale: undefined,
    probe: undefined,
  }
}

/** Root looks into what is another account's; everybody else's files have to be their own. */
function accountOf(stateDir: string): number | undefined {
  const own = process.getuid?.()
  return own === 0 ? lstatIfThere(stateDir)?.uid : own
}
