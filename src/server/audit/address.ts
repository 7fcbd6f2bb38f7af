/** How far an address reaches. Pure. */

import { BlockList, isIP } from 'node:net'
import { once } from '../../shared/std/once.ts'

const near = once(() => {
  const list = new BlockList()
  list.addSubnet('127.0.0.0', 8)
  list.addSubnet('10.0.0.0', 8)
  list.addSubnet('172.16.0.0', 12)
  list.addSubnet('192.168.0.0', 16)
  list.addSubnet('169.254.0.0', 16)
  list.addSubnet('100.64.0.0', 10) // carriers and tailnets, RFC 6598
  list.addAddress('::1', 'ipv6')
  list.addSubnet('fc00::', 7, 'ipv6')
  list.addSubnet('fe80::', 10, 'ipv6')
  return list
})

/** True for an address that the whole internet may be able to reach. */
export function isPublic(address: string): boolean {
  const bare = address.replace(/%.*$/, '')
  const family = isIP(bare)
  return family !== 0 && !isUnspecified(bare) && !near().check(bare, family === 6 ? 'ipv6' : 'ipv4')
}

/** Of the ranges Tailscale gives addresses from: 100.64.0.0/10 (RFC 6598) and fd7a:115c:a1e0::/48. */
export function isTailnet(address: string): boolean {
  return /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(address) || /^fd7a:115c:a1e0:/i.test(address)
}

/** `0.0.0.0`, `::`: every address of the machine, or none at all. */
export function isUnspecified(address: string): boolean {
  return /^(0\.0\.0\.0|[0:]*:[0:]*)$/.test(address)
}
