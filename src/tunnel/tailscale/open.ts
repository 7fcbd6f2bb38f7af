/** The Tailscale tunnel: asks where a machine of the tailnet is, dials it, and knows how the packets travel. */

import type { Duplex } from 'node:stream'
import { Fault } from '../../shared/fault.ts'
import { dialUrl } from '../direct.ts'
import type { Tunnel, TunnelContext } from '../tunnel.ts'
import type { TailscaleWay } from '../way.ts'
import { wayOrigin } from '../way-origin.ts'
import { askStatus } from './ask.ts'
import { type TailscaleCommand, tailscaleCommand } from './cli.ts'
import { type Endpoint, reach } from './reach.ts'
import type { TailnetPeer } from './status.ts'

/** Rejects with a `Fault` that says what to do, or with the signal's reason. */
export async function openTailscale(
  way: TailscaleWay,
  context: TunnelContext,
  command: TailscaleCommand = tailscaleCommand(context.env),
): Promise<Tunnel> {
  const { clock, signal, onLayer } = context
  const origin = wayOrigin(way)
  onLayer({ layer: 'dns', state: 'begun' })
  const reading = await askStatus(command, { withPeers: true, signal })
  const endpoint = reach(way, reading, clock.now())
  const isUserspace = reading.kind === 'status' && reading.status.isUserspace
  onLayer({ layer: 'dns', state: 'up', detail: endpoint.address ?? endpoint.url.host })

  const life = new AbortController()
  const { promise: closed, resolve: close } = Promise.withResolvers<undefined>()
  let route = routeOf(endpoint.peer)
  /** Before the first packet nobody knows the path, and it changes: relayed at first, direct when the firewalls let it. */
  const look = async () => {
    if (!endpoint.peer) return
    const now = await askStatus(command, { withPeers: true, signal: life.signal }).catch(() => undefined)
    if (now?.kind !== 'status') return
    route = routeOf(now.status.peers.find(({ dnsName, name }) => isSame(endpoint.peer, { dnsName, name }))) ?? route
  }
  return {
    url: endpoint.url,
    origin,
    get route() {
      return route ?? 'tailscale'
    },
    async dial(dialSignal) {
      onLayer({ layer: 'tcp', state: 'begun' })
      const stream = await dial(endpoint, isUserspace, dialSignal)
      onLayer({ layer: 'tcp', state: 'up' })
      void look()
      return stream
    },
    closed,
    [Symbol.asyncDispose]: async () => {
      life.abort()
      close(undefined)
    },
  }
}

function isSame(peer: TailnetPeer | undefined, other: Pick<TailnetPeer, 'dnsName' | 'name'>): boolean {
  return peer?.dnsName === other.dnsName && peer.name === other.name
}

function routeOf(peer: TailnetPeer | undefined): string | undefined {
  if (!peer?.path) return undefined
  return peer.path.kind === 'direct' ? 'tailscale direct' : `tailscale via DERP ${peer.path.region}`
}

async function dial(endpoint: Endpoint, isUserspace: boolean, signal: AbortSignal): Promise<Duplex> {
  try {
    return await dialUrl(endpoint.url, { address: endpoint.address }, signal)
  } catch (error) {
    throw error instanceof Fault ? dialFault(endpoint, isUserspace, error) : error
  }
}

/** The plain tunnel's words do not know of Serve, nor what is wrong with Tailscale here. */
function dialFault({ url, peer, doubt }: Endpoint, isUserspace: boolean, fault: Fault): Fault {
  if (doubt && fault.code === 'client.unreachable') {
    return new Fault(doubt.code, `${doubt.message}, and ${url.host} cannot be reached without it`, {
      ...(doubt.remedy === undefined ? {} : { remedy: doubt.remedy }),
      retryable: true,
      cause: fault,
    })
  }
  const where = peer?.name ?? url.host
  if (fault.code === 'client.refused') {
    return new Fault('client.refused', `${where} is there, but nothing listens on its port ${url.port}`, {
      remedy: url.isSecure
        ? `On ${where}, run: clawdbot tailscale serve`
        : `On ${where}, start the gateway with: clawdbot gateway start --bind tailnet`,
      retryable: true,
      cause: fault,
    })
  }
  if (isUserspace && fault.code === 'client.unreachable') {
    return new Fault(
      'tailscale.failed',
      'Tailscale runs here without a network interface, so nothing can dial into it',
      {
        remedy: 'Start tailscaled without --tun=userspace-networking, or reach the gateway through SSH.',
        cause: fault,
      },
    )
  }
  return fault
}
