/** The TCP connection to the first SSH server: name, address, connection, each told as a layer. */

import { lookup } from 'node:dns/promises'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { deadline, isTimeout, raceAbort } from '../../shared/std/signal.ts'
import type { TunnelContext } from '../tunnel.ts'
import { silentFault, tcpFault } from './faults.ts'
import type { SshHost } from './host.ts'
import { readIntoSlabs } from './slab.ts'

/** Waiting for a connection ends after this long unless `ConnectTimeout` is configured, milliseconds. */
const connectTimeoutMs = 10_000

type Address = { readonly address: string; readonly family: number }
type TcpContext = Pick<TunnelContext, 'signal' | 'onLayer'>

/** Rejects with a `Fault`, or with the signal's reason. */
export async function connectTcp(host: SshHost, { signal, onLayer }: TcpContext): Promise<Socket> {
  const { connectTimeoutS } = host
  const limit = deadline(connectTimeoutS ? connectTimeoutS * 1000 : connectTimeoutMs, signal)
  try {
    const addresses = await resolveName(host, limit, onLayer)
    onLayer({ layer: 'tcp', state: 'begun' })
    const socket = await connectTo(host, addresses, limit)
    onLayer({ layer: 'tcp', state: 'up', detail: socket.remoteAddress })
    return socket
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw isTimeout(error) ? silentFault(host, error) : tcpFault(host, error as NodeJS.ErrnoException)
  }
}

/** An address needs no name server, so that layer is not there for it. */
async function resolveName(
  { hostName, addressFamily }: SshHost,
  signal: AbortSignal,
  onLayer: TcpContext['onLayer'],
): Promise<Address[]> {
  const name = hostName.replace(/^\[(.*)\]$/, '$1')
  const literal = isIP(name.replace(/%.*$/, ''))
  if (literal !== 0) return [{ address: name, family: literal }]
  onLayer({ layer: 'dns', state: 'begun' })
  const family = addressFamily === 'any' ? 0 : addressFamily === 'inet' ? 4 : 6
  const addresses = await raceAbort(lookup(name, { all: true, family }), signal)
  onLayer({ layer: 'dns', state: 'up', detail: addresses[0]?.address })
  return addresses
}

/** All addresses are tried, IPv6 and IPv4 in turns (RFC 8305). Nagle is off from the first byte (TU14). */
function connectTo(host: SshHost, addresses: Address[], signal: AbortSignal): Promise<Socket> {
  const known: LookupFunction = (_name, _options, done) => done(null, addresses)
  const { port, bindAddress } = host
  const local = bindAddress === undefined ? {} : { localAddress: bindAddress }
  const socket: Socket = connect({
    onread: readIntoSlabs(() => socket),
    ...{ host: host.hostName, port, lookup: known, autoSelectFamily: true, noDelay: true, keepAlive: true },
    ...local,
  })
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      signal.removeEventListener('abort', onAbort)
      socket.off('error', settle)
      socket.on('error', () => {}) // already reported, or its next owner's to hear
      if (error === undefined) return resolve(socket)
      socket.destroy()
      reject(error)
    }
    const onAbort = () => settle(signal.reason)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    socket.once('error', settle)
    socket.once('connect', () => settle())
  })
}
