/**
 * Turns Serve and Funnel on and off. Success is what `serve status` shows afterwards, never an exit code (TS1), and only
 * our own handler is ever added, replaced or removed (TS3).
 */

import { Fault } from '../../shared/fault.ts'
import { askStatus, stateFault } from './ask.ts'
import type { TailscaleCommand } from './cli.ts'
import { parseServeConfig, type ServeConfig, type ServeHandler } from './serve-config.ts'
import { capabilityFault, type ServeMode, serveFault } from './serve-faults.ts'
import type { TailscaleStatus } from './status.ts'

type Place = { readonly host: string; readonly port: number }

/** Where a handler of ours may be. Several targets: a crash left open which one it leads to. */
export type Placement = Place & { readonly targets: readonly string[] }

export type Exposure = Place & {
  readonly target: string
  readonly mode: ServeMode
  /** As people open it: `https://desktop.tail1234.ts.net/`. */
  readonly url: string
}

export type ExposeOptions = {
  readonly command: TailscaleCommand
  readonly mode: ServeMode
  /** Of the tailnet or the internet: 443, 8443 … */
  readonly port: number
  /** What a gateway of ours has placed before and may replace. */
  readonly previous: Placement | undefined
  /** Says what to lead to, and remembers it before it is placed, so that nothing is forgotten in a crash (TS10). */
  readonly prepare: (status: TailscaleStatus, host: string) => Promise<string>
  readonly signal: AbortSignal
}

/** Setting it may make Tailscale talk to its control server. */
const setTimeoutMs = 15_000

/** Rejects with a `Fault` that says what to do, or with the signal's reason. */
export async function expose(options: ExposeOptions): Promise<Exposure> {
  const { command, mode, port, previous, signal } = options
  const reading = await askStatus(command, { withPeers: false, signal })
  const fault = stateFault(reading)
  if (fault || reading.kind !== 'status') throw fault ?? unreadable()
  const { status } = reading
  const missing = capabilityFault(mode, port, status)
  if (missing) throw missing
  const host = status.self?.dnsName ?? ''
  if (previous && (previous.host !== host || previous.port !== port)) await withdraw(command, previous, signal)
  const target = await options.prepare(status, host)
  const wanted = { host, port, target, mode, url: `https://${host}${port === 443 ? '' : `:${port}`}/` }
  const before = await readServe(command, signal)
  const conflict = findConflict(before, wanted, [target, ...(previous?.targets ?? [])])
  if (conflict) throw conflict
  if (isPlaced(before, wanted)) return wanted
  const args = [mode, '--bg', `--https=${port}`, '--set-path=/', target]
  const result = await command(args, { signal, timeoutMs: setTimeoutMs, stopAt: /To enable, visit:\s+https:\S+\s/ })
  if (isPlaced(await readServe(command, signal), wanted)) return wanted
  throw serveFault(mode, result, status.version)
}

/** `foreign`: something else stands there now, and was left alone. */
export async function withdraw(
  command: TailscaleCommand,
  placed: Placement,
  signal: AbortSignal,
): Promise<'removed' | 'absent' | 'foreign'> {
  const { port } = placed
  const before = handlerAt(await readServe(command, signal), placed)
  if (!before) return 'absent'
  if (!placed.targets.includes(before.target) || before.isForeground) return 'foreign'
  // With a path given only that handler goes, whatever else is served on the port.
  const args = ['serve', `--https=${port}`, '--set-path=/', 'off']
  const result = await command(args, { signal, timeoutMs: setTimeoutMs })
  if (handlerAt(await readServe(command, signal), placed)?.target !== before.target) return 'removed'
  throw serveFault('serve', result, '')
}

/** Rejects with a `Fault`. */
export async function readServe(command: TailscaleCommand, signal: AbortSignal): Promise<ServeConfig> {
  const result = await command(['serve', 'status', '--json'], { signal })
  const config = result.kind === 'exited' && result.code === 0 ? parseServeConfig(result.stdout) : undefined
  if (config) return config
  if (result.kind === 'missing') throw stateFault({ kind: 'missing' }) ?? unreadable()
  throw unreadable()
}

/** The handler that answers at `/` of that host and port. */
export function handlerAt({ handlers }: ServeConfig, { host, port }: Place): ServeHandler | undefined {
  return handlers.find((each) => each.host === host && each.port === port && each.path === '/')
}

function isPlaced(config: ServeConfig, { host, port, target, mode }: Omit<Exposure, 'url'>): boolean {
  const isPublic = config.funnels.includes(`${host}:${port}`)
  return handlerAt(config, { host, port })?.target === target && isPublic === (mode === 'funnel')
}

/** What others serve there stays as it is, and never becomes public through us. */
function findConflict(
  config: ServeConfig,
  { port, mode }: Omit<Exposure, 'url'>,
  ours: readonly string[],
): Fault | undefined {
  const isOurs = ({ path, target, isForeground }: ServeHandler) =>
    path === '/' && !isForeground && ours.includes(target)
  const others = config.handlers.filter((each) => each.port === port && !isOurs(each))
  const root = others.find(({ path, isForeground }) => path === '/' || isForeground)
  if (root) return taken(port, `leads to ${root.target} already`)
  if (config.tcpPorts.includes(port)) return taken(port, 'forwards TCP already')
  const [other] = others
  if (mode === 'funnel' && other) return taken(port, `serves ${other.path} too, which Funnel would make public`)
  const isPublic = config.funnels.some((place) => place.endsWith(`:${port}`))
  if (mode === 'serve' && isPublic && other) return taken(port, `makes ${other.path} public, which Serve would end`)
  return undefined
}

function taken(port: number, why: string): Fault {
  return new Fault('tailscale.failed', `Port ${port} of Tailscale ${why}, and that is not ours to change`, {
    remedy: 'Set gateway.tailscale.port to another one, such as 8443, or free it; `tailscale serve status` shows it.',
  })
}

function unreadable(): Fault {
  return new Fault('tailscale.failed', 'What Tailscale serves here cannot be read', {
    remedy: 'Look what `tailscale serve status` says.',
    retryable: true,
  })
}
