/** What the running gateway or the settings want of Tailscale, what it shows, and whether the two agree. */

import { readRuntime } from '../client/runtime-file.ts'
import { askStatus, type Reading } from '../tunnel/tailscale/ask.ts'
import { type TailscaleCommand, tailscaleCommand } from '../tunnel/tailscale/cli.ts'
import { handlerAt, type Placement, readServe } from '../tunnel/tailscale/expose.ts'
import type { ServeConfig } from '../tunnel/tailscale/serve-config.ts'
import type { ServeMode } from '../tunnel/tailscale/serve-faults.ts'
import type { Surroundings } from './command.ts'

export type Served =
  | { readonly kind: 'nothing' }
  /** Ours; `isPublic`: Funnel lets the internet in. */
  | { readonly kind: 'ours'; readonly url: string; readonly isPublic: boolean }
  | { readonly kind: 'foreign'; readonly target: string }

export type TailscaleState = {
  readonly command: TailscaleCommand
  readonly reading: Reading
  /** What is wanted: by the flag of the running gateway, else by the settings. */
  readonly mode: 'off' | ServeMode
  /** What the running gateway was started with. */
  readonly flag: 'off' | ServeMode | undefined
  readonly port: number
  readonly placed: Placement | undefined
  readonly served: Served
  /** Handlers of other programs. */
  readonly others: number
  readonly isGatewayRunning: boolean
  /** What is served is what is wanted. */
  readonly isAsWanted: boolean
}

export async function lookAtTailscale({ host, env, paths, signal }: Surroundings): Promise<TailscaleState> {
  const command = tailscaleCommand(env)
  const { config, served: note } = await host()
  const runtime = await readRuntime(paths.runtimeFile)
  const flag = runtime?.isAlive ? runtime.tailscale : undefined
  const mode = flag ?? modeOf(config.get('gateway.tailscale.mode')?.value)
  const port = Number(config.get('gateway.tailscale.port')?.value ?? 443)
  const placed = note.placed()
  const reading = await askStatus(command, { withPeers: false, signal })
  const isReadable = reading.kind === 'status' && reading.status.state === 'running'
  const current = isReadable ? await readServe(command, signal) : undefined
  const name = (reading.kind === 'status' && reading.status.self?.dnsName) || (placed?.host ?? '')
  const served = current ? servedAt(current, placed, { host: name, port }) : ({ kind: 'nothing' } as const)
  return {
    ...{ command, reading, mode, flag, port, placed, served },
    others: (current?.handlers.length ?? 0) - (served.kind === 'ours' ? 1 : 0),
    isGatewayRunning: runtime?.isAlive === true,
    isAsWanted:
      mode === 'off' ? served.kind !== 'ours' : served.kind === 'ours' && served.isPublic === (mode === 'funnel'),
  }
}

function modeOf(value: unknown): TailscaleState['mode'] {
  return value === 'serve' || value === 'funnel' ? value : 'off'
}

/** Where ours was placed, or else where it would be. */
function servedAt(config: ServeConfig, placed: Placement | undefined, wanted: { host: string; port: number }): Served {
  const at = placed ?? wanted
  const handler = handlerAt(config, at)
  if (!handler) return { kind: 'nothing' }
  if (!placed?.targets.includes(handler.target)) return { kind: 'foreign', target: handler.target }
  const url = `https://${at.host}${at.port === 443 ? '' : `:${at.port}`}/`
  return { kind: 'ours', url, isPublic: config.funnels.includes(`${at.host}:${at.port}`) }
}
