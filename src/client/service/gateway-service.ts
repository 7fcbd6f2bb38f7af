/** The gateway as a service of this machine: its name, who keeps it running, and what it needs. */

import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { ServiceSpec } from '../../shared/service/spec.ts'
import { environmentLine } from '../../shared/service/systemd.ts'
import type { ClientPaths, Env } from '../paths.ts'
import { readIfThere } from '../private-file.ts'
import type { AskProgram } from '../system-programs.ts'
import { searchPath } from './search-path.ts'
import type { ServiceManager } from './service-manager.ts'
import { serviceManager } from './this-service-manager.ts'

export type ServiceScope = 'user' | 'system'

export type GatewayServiceWorld = {
  readonly env: Env
  readonly paths: ClientPaths
  readonly ask: AskProgram
}

/** Another state folder has another gateway, and that another service. */
export function gatewayServiceName({ stateDir, home }: ClientPaths): string {
  if (stateDir === join(home, '.clawdbot')) return 'clawdbot-gateway'
  return `clawdbot-gateway-${createHash('sha256').update(stateDir).digest('hex').slice(0, 8)}`
}

export function gatewayManager({ env, paths, ask }: GatewayServiceWorld, scope: ServiceScope): ServiceManager {
  const uid = process.getuid?.() ?? 0
  return serviceManager({ platform: process.platform, home: paths.home, env, uid, ask, scope })
}

export type InstalledService = {
  readonly scope: ServiceScope
  readonly name: string
  readonly path: string
  readonly manager: ServiceManager
}

/** The service of this state folder's gateway, the account's own first; undefined when there is none. */
export async function installedGateway(world: GatewayServiceWorld): Promise<InstalledService | undefined> {
  const name = gatewayServiceName(world.paths)
  const scopes = { linux: ['user', 'system'], darwin: ['user'] }[process.platform as string] ?? []
  for (const scope of scopes as ServiceScope[]) {
    const manager = gatewayManager(world, scope)
    const path = manager.pathOf(name)
    const text = await readIfThere(path)
    if (text !== undefined && (scope === 'user' || isOf(world.paths.stateDir, text)))
      return { scope, name, path, manager }
  }
  return undefined
}

/** Two accounts may each have a gateway, but only one of them the system's service of that name. */
export function isOf(stateDir: string, unit: string): boolean {
  return unit.split('\n').includes(environmentLine('CLAWDBOT_STATE_DIR', stateDir))
}

/** The account a systemd unit runs as. */
export function accountOf(unit: string): string | undefined {
  return /^User=(.+)$/m.exec(unit)?.[1]?.replaceAll('%%', '%')
}

/** A gateway that sends no sign of life for so long is ended and started again. It sends three in that time. */
const watchdogS = 90

export type GatewayServiceWish = {
  readonly paths: ClientPaths
  readonly env: Env
  /** Where it writes outside its state folder. */
  readonly folders: readonly string[]
  /** The account of a service of the whole system. */
  readonly account: string | undefined
  /** Path of `clawdbot-server`. */
  readonly program: string
  readonly port: number | undefined
  /** What the person lets it, and so the agent's commands, write besides. */
  readonly alsoWritable: readonly string[]
}

/** Its commands run inside the same confinement, so they share the memory, and the agents' workspaces can be written. */
export function gatewayServiceSpec(wish: GatewayServiceWish): ServiceSpec {
  const { paths, env, account, program, port } = wish
  const { stateDir, configPath, home } = paths
  const { CLAWDBOT_CONFIG_PATH: elsewhere } = env
  const writable = [
    stateDir,
    dirname(configPath), // it is replaced whole, by a file beside it
    ...wish.folders,
    join(home, '.cache', 'clawdbot'),
    ...wish.alsoWritable,
  ]
  return {
    name: gatewayServiceName(paths),
    description: 'Clawdbot gateway',
    argv: [process.execPath, program, ...(port === undefined ? [] : ['--port', String(port)])],
    environment: {
      PATH: searchPath(env.PATH),
      CLAWDBOT_STATE_DIR: stateDir,
      ...(elsewhere ? { CLAWDBOT_CONFIG_PATH: configPath } : {}),
      CLAWDBOT_GATEWAY_STARTED_BY: 'service',
    },
    environmentFile: paths.gatewayEnv,
    writablePaths: withoutInner(writable),
    memoryMax: '75%',
    watchdogS,
    ...(account === undefined ? {} : { account }),
    logPath: paths.gatewayLog,
    finalExitCodes: [], // even wrong settings are mended by whoever edits them, and Tailscale may come up late
  }
}

/** A folder inside another of the list says nothing new. */
function withoutInner(paths: readonly string[]): string[] {
  const different = [...new Set(paths)]
  return different.filter((path) => !different.some((other) => path.startsWith(`${other}/`)))
}
