/** A stand-in for a gateway where only bytes matter: it sends back what it gets, or whatever it is told to. */

import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

export type TcpService = AsyncDisposable & { readonly port: number; readonly server: Server }

/** Listens on a free loopback port; `serve` gets each connection. */
export async function startTcp(serve: (socket: Socket) => void): Promise<TcpService> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}) // clients vanish in tests
    socket.on('close', () => sockets.delete(socket))
    serve(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    server,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

export function startEcho(): Promise<TcpService> {
  return startTcp((socket) => void socket.pipe(socket))
}
