/** Which networks this machine is in, as one text that differs when that changes. */

import { networkInterfaces } from 'node:os'

/** Addresses that reach somewhere: none of loopback, and none that a cable gets from nobody (RFC 3927, RFC 4291). */
export function networkAddresses(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): string {
  return Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !/^(fe80:|169\.254\.)/i.test(address))
    .map(({ address }) => address)
    .sort()
    .join(' ')
}
