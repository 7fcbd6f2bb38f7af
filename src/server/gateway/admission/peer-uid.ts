/** Whose program is at the other end of a loopback connection. Only Linux tells. */

import { readFileSync } from 'node:fs'
import { endianness } from 'node:os'

export type LoopbackSocket = {
  readonly remotePort?: number | undefined
  readonly localPort?: number | undefined
}

/** Undefined where the system does not tell. A connection that is not in its table belongs to nobody: -1. */
export function peerUid(socket: LoopbackSocket, platform: NodeJS.Platform = process.platform): number | undefined {
  if (platform !== 'linux') return undefined
  return uidInTable(readFileSync('/proc/net/tcp', 'utf8'), socket) ?? -1
}

/**
 * The row of the peer's end is the one whose local port is our remote one, between loopback addresses.
 * https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
 */
export function uidInTable(table: string, { remotePort = 0, localPort = 0 }: LoopbackSocket): number | undefined {
  const from = `${loopback}:${hex(remotePort)}`
  const to = `${loopback}:${hex(localPort)}`
  for (const line of table.split('\n')) {
    const [, local, remote, , , , , uid] = line.trim().split(/\s+/)
    if (local === from && remote === to) return Number(uid)
  }
  return undefined
}

/** 127.0.0.1 in the machine's own byte order. */
const loopback = endianness() === 'LE' ? '0100007F' : '7F000001'

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}
