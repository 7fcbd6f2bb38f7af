/** A local port for other programs: 127.0.0.1, and ::1 when it is free. Nothing beyond loopback is ever listened on. */

import type { AddressInfo, Server, Socket } from 'node:net'
import { Fault } from '../../shared/fault.ts'

export type Listening = AsyncDisposable & {
  readonly port: number
  /** `127.0.0.1` always, `::1` where it was free. */
  readonly addresses: readonly string[]
  /** Connections that are open now. */
  readonly open: () => number
}

export type ListenEvents = {
  /** A connection came or went. */
  readonly onChange?: ((open: number) => void) | undefined
}

/** A page that opens sockets for ever gets no further than this. */
const mostConnections = 512

/** Port 0 is chosen by the system. Rejects with `tunnel.port-taken`, or `usage.invalid` for a port this account may not have. */
export async function listenOnLoopback(
  makeServer: () => Server,
  port: number,
  { onChange }: ListenEvents = {},
): Promise<Listening> {
  const sockets = new Set<Socket>()
  const servers: Server[] = []
  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}) // reset by the local program; 'close' follows
    socket.once('close', () => {
      sockets.delete(socket)
      onChange?.(sockets.size)
    })
    onChange?.(sockets.size)
  }
  const start = async (host: string, wanted: number) => {
    const server = makeServer()
    server.maxConnections = mostConnections
    server.on('connection', track)
    await bind(server, host, wanted)
    servers.push(server)
    return (server.address() as AddressInfo).port
  }
  const chosen = await start('127.0.0.1', port)
  const addresses = ['127.0.0.1']
  try {
    await start('::1', chosen)
    addresses.push('::1')
  } catch {
    // no IPv6 here, or another program has that port there: 127.0.0.1 is what people are told
  }
  return {
    port: chosen,
    addresses,
    open: () => sockets.size,
    [Symbol.asyncDispose]: async () => {
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)))
      for (const socket of sockets) socket.destroy()
      await Promise.all(closed)
    },
  }
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(bindFault(error, port)))
    server.listen({ host, port, exclusive: true, ipv6Only: host === '::1' }, () => {
      server.removeAllListeners('error')
      server.on('error', () => {}) // a connection that could not be accepted; the listener itself lives on
      resolve()
    })
  })
}

function bindFault(error: NodeJS.ErrnoException, port: number): unknown {
  if (error.code === 'EADDRINUSE') {
    return new Fault('tunnel.port-taken', `Port ${port} of this machine is in use`, {
      remedy: 'Choose another one with --local-port.',
      cause: error,
      details: { port },
    })
  }
  if (error.code === 'EACCES') {
    return new Fault('usage.invalid', `This account may not listen on port ${port}`, {
      remedy: 'Choose a port above 1023.',
      cause: error,
    })
  }
  return error
}
