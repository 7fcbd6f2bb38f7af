/** Which addresses a bind mode means; never wider than what was asked for (gateway protocol, section 13.2). */

import { isIPv4 } from 'node:net'
import { Fault } from '../../shared/fault.ts'

export type Bind = 'loopback' | 'lan' | 'tailnet' | 'auto' | 'custom'

export type BindFacts = {
  bind: Bind
  customHost?: string | undefined
  /** IPv4 addresses of this machine's interfaces. */
  addresses: readonly string[]
}

/** Hosts to listen on. Throws `gateway.bind-refused` when the mode cannot be served as asked. */
export function bindHosts({ bind, customHost, addresses }: BindFacts): string[] {
  switch (bind) {
    case 'loopback':
    case 'auto':
      return ['127.0.0.1', '::1']
    case 'lan':
      return ['0.0.0.0']
    case 'custom':
      if (customHost !== undefined) return [customHost]
      throw new Fault('gateway.bind-refused', 'gateway.bind is "custom", but gateway.customBindHost is not set.', {
        remedy: 'Set gateway.customBindHost to an address of this machine, or use bind "loopback".',
      })
    case 'tailnet': {
      const address = addresses.find(isTailnet)
      if (address !== undefined) return [address]
      throw new Fault('gateway.bind-refused', 'gateway.bind is "tailnet", but this machine has no tailnet address.', {
        remedy: 'Run `tailscale up`, or use bind "loopback".',
      })
    }
  }
}

/** True when every host is a loopback address. A name is none, however it begins: it means what DNS says. */
export function isLoopbackOnly(hosts: readonly string[]): boolean {
  return hosts.every((host) => host === '::1' || (isIPv4(host) && host.startsWith('127.')))
}

/** 100.64.0.0/10, the range Tailscale gives addresses from (RFC 6598). */
function isTailnet(address: string): boolean {
  const [a, b = '0'] = address.split('.')
  return a === '100' && Number(b) >= 64 && Number(b) < 128
}
