import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { Fault } from '../../../src/shared/fault.ts'
import { openDirect } from '../../../src/tunnel/direct.ts'
import { forwardPort } from '../../../src/tunnel/forward/port-forward.ts'
import { closing } from '../../support/closing.ts'
import { freePort } from '../../support/free-port.ts'

/** A server that upper-cases, and answers the end with an end. */
async function shouting(): Promise<{ server: Server; url: string; sockets: Socket[] }> {
  const sockets: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (bytes) => socket.write(String(bytes).toUpperCase()))
    socket.on('end', () => socket.end('BYE'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, sockets, url: `ws://127.0.0.1:${(server.address() as { port: number }).port}` }
}

async function read(socket: Socket): Promise<string> {
  let text = ''
  for await (const piece of socket) text += piece
  return text
}

test('bytes go both ways, and an end on one side is an end on the other with nothing lost', async () => {
  const { server, url } = await shouting()
  const tunnel = openDirect({ kind: 'direct', url })
  const counts: number[] = []
  {
    await using forward = await forwardPort({ port: 0, dial: tunnel.dial, onChange: (open) => counts.push(open) })
    const texts = await Promise.all(
      ['one', 'two', 'x'.repeat(1_000_000)].map(async (text) => {
        const socket = connect({ port: forward.port, host: '127.0.0.1', allowHalfOpen: true })
        socket.end(text)
        return await read(socket)
      }),
    )
    expect(texts).toEqual(['ONEBYE', 'TWOBYE', `${'X'.repeat(1_000_000)}BYE`])
    await expect.poll(() => forward.open()).toBe(0)
  }
  expect(Math.max(...counts)).toBe(3)
  server.close()
})

test('what breaks on one side breaks on the other', async () => {
  const { server, url, sockets } = await shouting()
  const tunnel = openDirect({ kind: 'direct', url })
  await using forward = await forwardPort({ port: 0, dial: tunnel.dial })
  const socket = connect(forward.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('x')
  await once(socket, 'data')
  const closed = closing(socket)
  sockets[0]?.resetAndDestroy()
  await closed

  const other = connect(forward.port, '127.0.0.1')
  other.write('y')
  await once(other, 'data')
  const ended = closing(sockets[1] as Socket)
  other.resetAndDestroy()
  await ended
  server.close()
})

test('nothing behind it: the local program sees its connection reset', async () => {
  await using forward = await forwardPort({
    port: 0,
    dial: async () => {
      throw new Fault('ssh.forwarding-denied', 'no')
    },
  })
  const socket = connect(forward.port, '127.0.0.1')
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNRESET')
})

test('TR1: it listens on loopback only, and a taken port is a fault with a remedy', async () => {
  const port = await freePort()
  const dial = openDirect({ kind: 'direct', url: 'ws://127.0.0.1:1' }).dial
  await using forward = await forwardPort({ port, dial })
  expect(forward.port).toBe(port)
  expect(forward.addresses.filter((address) => !['127.0.0.1', '::1'].includes(address))).toEqual([])
  expect(forward.addresses[0]).toBe('127.0.0.1')
  await expect(forwardPort({ port, dial })).rejects.toMatchObject({
    code: 'tunnel.port-taken',
    remedy: 'Choose another one with --local-port.',
  })
})

test('where another program has the port on ::1, 127.0.0.1 is still served', async () => {
  const port = await freePort()
  const other = createServer().listen({ port, host: '::1', ipv6Only: true })
  await once(other, 'listening')
  const dial = openDirect({ kind: 'direct', url: 'ws://127.0.0.1:1' }).dial
  await using forward = await forwardPort({ port, dial })
  expect(forward.addresses).toEqual(['127.0.0.1'])
  other.close()
})

test('its end ends what is open', async () => {
  const { server, url } = await shouting()
  const tunnel = openDirect({ kind: 'direct', url })
  const forward = await forwardPort({ port: 0, dial: tunnel.dial })
  const socket = connect(forward.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('x')
  await once(socket, 'data')
  const closed = closing(socket)
  await forward[Symbol.asyncDispose]()
  await closed
  server.close()
})
