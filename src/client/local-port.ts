/** Where the gateway of this machine listens, or would. */

import { join } from 'node:path'
import { readPort } from '../shared/port.ts'
import type { DirectWay } from '../tunnel/way.ts'
import { gatewayPort } from '../tunnel/way-origin.ts'
import type { GatewayConfig } from './gateway-config.ts'
import type { ClientPaths, Env } from './paths.ts'
import { readRuntime } from './runtime-file.ts'

/** Loopback, and the same name for it everywhere: what credentials belong to is compared as text. */
export function localWay(port: number): DirectWay {
  return { kind: 'direct', url: `ws://127.0.0.1:${port}` }
}

export type LocalPlace = {
  readonly port: number
  readonly isExplicit: boolean
  /** The socket file of a gateway that does not answer at 127.0.0.1, or would not. */
  readonly socket?: string | undefined
}

/** Where programs of this machine reach it. */
export function placeWay({ port, socket }: Pick<LocalPlace, 'port' | 'socket'>): DirectWay {
  return socket === undefined ? localWay(port) : { kind: 'direct', url: `unix:${socket}` }
}

/** Flag, environment, the note of a gateway that runs or ran here, configuration, 18789. */
export async function localPort(
  flags: { readonly port?: number | undefined },
  env: Env,
  paths: ClientPaths,
  config: Pick<GatewayConfig, 'port' | 'onlySocket'>,
): Promise<LocalPlace> {
  const typed = flags.port ?? readPort('CLAWDBOT_GATEWAY_PORT', env.CLAWDBOT_GATEWAY_PORT)
  const runtime = await readRuntime(paths.runtimeFile)
  if (typed !== undefined) {
    const socket = runtime?.isAlive && runtime.port === typed ? runtime.socket : undefined
    return { port: typed, socket, isExplicit: true }
  }
  const usual = config.port ?? runtime?.port ?? gatewayPort
  if (runtime?.isAlive) return { port: runtime.port ?? usual, socket: runtime.socket, isExplicit: false }
  const { onlySocket } = config
  const socket = onlySocket && paths.expand(onlySocket.path ?? join(paths.stateDir, 'gateway.sock'))
  return { port: usual, socket, isExplicit: false }
}
