/** What to listen on, and by which names: from the settings, this machine's addresses and, if it matters, Tailscale. */

import { networkInterfaces } from 'node:os'
import { Fault } from '../shared/fault.ts'
import { askStatus, stateFault } from '../tunnel/tailscale/ask.ts'
import type { TailscaleCommand } from '../tunnel/tailscale/cli.ts'
import type { Config } from './config/schema.ts'
import { type Bind, bindHosts, isLoopbackOnly, needsTailnet } from './gateway/bind.ts'
import { expandHome } from './storage/paths.ts'

export type ListenPlan = {
  /** None: only the socket is listened on. */
  readonly hosts: readonly string[]
  /** Other names and addresses by which `Host` may call this machine. */
  readonly ownHosts: readonly string[]
  readonly socket: string | undefined
  /** The port speaks TLS. */
  readonly isSecure: boolean
  /** True unless programs of this machine reach the port at 127.0.0.1. */
  readonly isLoopbackSilent: boolean
}

export type ListenFacts = {
  readonly gateway: Config['gateway']
  /** `--bind`. */
  readonly bind: string | undefined
  readonly home: string
  readonly defaultSocket: string
  readonly tailscale: TailscaleCommand
  readonly signal: AbortSignal
  /** Addresses of this machine's interfaces. */
  readonly addresses?: readonly string[]
}

/** Throws `gateway.bind-refused` when what is asked for cannot be had. */
export async function planListening(facts: ListenFacts): Promise<ListenPlan> {
  const { gateway, home, defaultSocket, addresses = ownAddresses() } = facts
  const { enabled, path, only } = gateway.socket
  const isSecure = gateway.tls.enabled
  const socketFile = expandHome(path ?? defaultSocket, home)
  if (only && facts.bind === undefined) {
    return { hosts: [], ownHosts: [], socket: socketFile, isSecure, isLoopbackSilent: true }
  }
  const bind = (facts.bind ?? gateway.bind) as Bind
  const asked = { bind, customHost: gateway.customBindHost, addresses }
  const tailnet = needsTailnet(asked) ? await ownTailnet(bind, facts) : undefined
  const hosts = bindHosts({ ...asked, tailnet: tailnet?.address })
  const isEverywhere = hosts.includes('0.0.0.0')
  const ownHosts = isLoopbackOnly(hosts) ? [] : [...(isEverywhere ? addresses : hosts), ...(tailnet?.names ?? [])]
  const isLoopbackSilent = !isEverywhere && !hosts.includes('127.0.0.1')
  // Programs of this machine look at 127.0.0.1, need no TLS, and know no fingerprint: else they get the socket.
  const socket = enabled || isSecure || isLoopbackSilent ? socketFile : undefined
  return { hosts, ownHosts, socket, isSecure, isLoopbackSilent }
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .map(({ address }) => address)
}

/** Asked of Tailscale itself: an interface with an address of that range may as well be a provider's (RFC 6598). */
async function ownTailnet(bind: Bind, { tailscale, signal }: ListenFacts) {
  const reading = await askStatus(tailscale, { withPeers: false, signal })
  const fault = stateFault(reading)
  if (fault || reading.kind !== 'status') throw refused(bind, fault?.message, fault?.remedy)
  const { self, isUserspace } = reading.status
  if (isUserspace) {
    throw refused(
      bind,
      'Tailscale runs here without a network interface',
      'Use bind "loopback" with gateway.tailscale.mode "serve", which needs none.',
    )
  }
  return { address: self?.addresses[0], names: self?.dnsName ? [self.dnsName] : [] }
}

function refused(bind: Bind, why = 'Tailscale cannot be asked', remedy = 'Use bind "loopback".'): Fault {
  return new Fault('gateway.bind-refused', `gateway.bind is "${bind}", but there is no tailnet to bind to: ${why}`, {
    remedy,
  })
}
