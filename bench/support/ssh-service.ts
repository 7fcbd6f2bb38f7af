/** The far end of `bench/ssh.ts`, a process of its own: sends back what it gets, or as many bytes as it is asked for. */

import { createServer } from 'node:net'

const piece = Buffer.alloc(64 * 1024, 'x')

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {})
  socket.once('data', (first: Buffer) => {
    if (first[0] !== 0) return void socket.pipe(socket)
    let left = first.readUInt32BE(1)
    const send = () => {
      while (left > 0) {
        left -= piece.length
        if (!socket.write(piece)) return void socket.once('drain', send)
      }
    }
    send()
  })
  socket.once('data', (first) => void (first[0] !== 0 && socket.write(first)))
})
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }))
process.on('disconnect', () => process.exit())
