/** Which addresses a bind mode means; never wider than what was asked for (gateway protocol, section 13.2). */

import { isIPv4 } from 'node:net'
import { Fault } from '../../shared/fault.ts'

export type Bind = 'loopback' | 'lan' | 'tailnet' | 'auto' | 'custom'

export type BindFacts = {
  bind: Bind
  customHost?: string | undefined
  /** Addresses of this machine's interfaces. */
  addresses: readonly string[]
  /** This machine's own address in its tailnet, as Tailscale says. Asked for when the mode needs it. */
  tailnet?: string | undefined
}

/** Whether the mode depends on what Tailscale says. */
export function needsTailnet({ bind, addresses }: Omit<BindFacts, 'tailnet'>): boolean {
  return bind === 'tailnet' || (bind === 'auto' && !addresses.some((address) => isLoopbackOnly([address])))
}

/** Hosts to listen on. Throws `gateway.bind-refused` when the mode cannot be served as asked. */
export function bindHosts(facts: BindFacts): string[] {
  const { bind, customHost, tailnet } = facts
  switch (bind) {
    case 'loopback':
      return ['127.0.0.1', '::1']
    case 'lan':
      return ['0.0.0.0']
    case 'custom':
      if (customHost !== undefined) return [customHost]
      throw new Fault('gateway.bind-refused', 'gateway.bind is "custom", but gateway.customBindHost is not set.', {
        remedy: 'Set gateway.customBindHost to an address of this machine, or use bind "loopback".',
      })
    case 'tailnet':
    case 'auto':
      if (!needsTailnet(facts)) return ['127.0.0.1', '::1']
      if (tailnet !== undefined) return [tailnet]
      throw new Fault('gateway.bind-refused', `gateway.bind is "${bind}", but this machine has no tailnet address.`, {
        remedy: 'Run `tailscale up`, or use bind "loopback".',
      })
  }
}

/** True when every host is a loopback address. A name is none, however it begins: it means what DNS says. */
export function isLoopbackOnly(hosts: readonly string[]): boolean {
  return hosts.every((host) => host === '::1' || (isIPv4(host) && host.startsWith('127.')))
}
