/** Where the gateway of this machine listens, or would. */

import { Fault } from '../shared/fault.ts'
import type { DirectWay } from '../tunnel/way.ts'
import { gatewayPort } from '../tunnel/way-origin.ts'
import type { GatewayConfig } from './gateway-config.ts'
import type { ClientPaths, Env } from './paths.ts'
import { readRuntime } from './runtime-file.ts'

/** Loopback, and the same name for it everywhere: what credentials belong to is compared as text. */
export function localWay(port: number): DirectWay {
  return { kind: 'direct', url: `ws://127.0.0.1:${port}` }
}

export type LocalPort = { readonly port: number; readonly isExplicit: boolean }

/** Flag, environment, the note of a gateway that runs or ran here, configuration, 18789. */
export async function localPort(
  flags: { readonly port?: number | undefined },
  env: Env,
  paths: ClientPaths,
  config: GatewayConfig,
): Promise<LocalPort> {
  const typed = flags.port ?? readPort(env.CLAWDBOT_GATEWAY_PORT)
  if (typed !== undefined) return { port: typed, isExplicit: true }
  const runtime = await readRuntime(paths.runtimeFile)
  if (runtime?.isAlive) return { port: runtime.port, isExplicit: false }
  return { port: config.port ?? runtime?.port ?? gatewayPort, isExplicit: false }
}

function readPort(value: string | undefined): number | undefined {
  if (value === undefined || value.trim() === '') return undefined
  const port = Number(value)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new Fault('usage.invalid', `CLAWDBOT_GATEWAY_PORT is ${JSON.stringify(value)}, not a port`, {
    remedy: 'Set it to a number from 1 to 65535, or unset it.',
  })
}
