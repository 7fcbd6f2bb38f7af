/**
 * The resolver of an attacker, as a SOCKS server (RFC 1928) that a browser asks: a name leads to one server of this
 * machine until it is told to lead to another. The browser sees one name and so one origin throughout.
 */

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type Rebinding = AsyncDisposable & { port: number; lead(name: string, port: number): void }

export async function startRebinding(): Promise<Rebinding> {
  const ports = new Map<string, number>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    forward(socket, (name) => ports.get(name)).catch(() => socket.destroy()) // the browser left
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    lead: (name, port) => void ports.set(name, port),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const noAuthentication = Buffer.from([5, 0])
const connected = Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
const unreachable = Buffer.from([5, 4, 0, 1, 0, 0, 0, 0, 0, 0])

async function forward(socket: Socket, portOf: (name: string) => number | undefined): Promise<void> {
  await once(socket, 'data')
  socket.write(noAuthentication)
  const [request] = (await once(socket, 'data')) as [Buffer]
  // Version, command, zero, kind of address (3: a name), its length, the name, two bytes of port.
  const name = request.toString('latin1', 5, 5 + (request[4] ?? 0))
  const port = request[3] === 3 ? portOf(name) : undefined
  if (port === undefined) {
    socket.end(unreachable)
    return
  }
  const onward = connect(port, '127.0.0.1')
  onward.on('error', () => socket.destroy())
  socket.on('close', () => onward.destroy())
  socket.write(connected)
  socket.pipe(onward).pipe(socket)
}
