/** The `LocalForward` lines that the person's SSH configuration has for a host: understood, and offered as forwards of ours. */

import type { LocalForward } from '../../tunnel/ssh/host.ts'
import { type HostWay, type ResolveContext, resolveHost } from '../../tunnel/ssh/resolve.ts'
import type { Way } from '../../tunnel/way.ts'
import { gatewayPort } from '../../tunnel/way-origin.ts'
import type { ForwardSpec } from './spec.ts'

export type ConfiguredForwards = {
  /** The local port of a line that leads to the gateway itself. */
  readonly gateway: number | undefined
  readonly further: readonly ForwardSpec[]
}

/** Of the first way over SSH. Rejects with `ssh.config`. */
export async function configuredForwards(ways: readonly Way[], context: ResolveContext): Promise<ConfiguredForwards> {
  const way = ways.find(({ kind }) => kind === 'ssh')
  if (way?.kind !== 'ssh') return { gateway: undefined, further: [] }
  const { localForwards } = await resolveHost(way satisfies HostWay, context)
  const specs = localForwards.flatMap(specOf)
  const isGateway = ({ to }: ForwardSpec) => leadsToGateway(to, way.gatewaySocket ?? way.gatewayPort ?? gatewayPort)
  return { gateway: specs.find(isGateway)?.port, further: specs.filter((spec) => !isGateway(spec)) }
}

/** Those that listen on a port of loopback; ours listen nowhere else. */
function specOf({ listen, target }: LocalForward): ForwardSpec[] {
  if ('path' in listen) return []
  const isLoopback = listen.host === undefined || ['', 'localhost', '127.0.0.1', '::1'].includes(listen.host)
  return isLoopback ? [{ port: listen.port, to: target }] : []
}

function leadsToGateway(to: ForwardSpec['to'], gateway: number | string): boolean {
  if (to === 'gateway') return true
  if ('path' in to) return to.path === gateway
  return to.port === gateway && ['localhost', '127.0.0.1', '::1'].includes(to.host)
}
