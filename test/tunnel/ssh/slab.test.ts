import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readIntoSlabs } from '../../../src/tunnel/ssh/slab.ts'

/** 3 MB in which no two places look alike. */
const sent = Buffer.alloc(3 << 20)
for (let i = 0; i < sent.length; i += 4) sent.writeUInt32BE(i, i)

let server: Server
let port = 0

beforeAll(async () => {
  server = createServer((socket) => socket.end(sent)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  ;({ port } = server.address() as { port: number })
})
afterAll(() => void server.close())

function open(host: string): Socket {
  const socket: Socket = connect({ host, port, autoSelectFamily: true, onread: readIntoSlabs(() => socket) })
  return socket
}

test.each(['127.0.0.1', 'localhost'])(
  'what was handed out stays as it came, to the last byte and the end (%s)',
  async (host) => {
    expect((await buffer(open(host))).equals(sent)).toBe(true)
  },
)

test('nothing is lost before anybody listens, nor while the reader pauses', async () => {
  const socket = open('127.0.0.1')
  await once(socket, 'connect')
  await new Promise((resolve) => setTimeout(resolve, 20))
  const pieces: Buffer[] = []
  socket.on('data', (piece: Buffer) => {
    pieces.push(piece)
    if (pieces.length % 7 !== 0) return
    socket.pause()
    setImmediate(() => socket.resume())
  })
  await once(socket, 'end')
  expect(Buffer.concat(pieces).equals(sent)).toBe(true)
})
