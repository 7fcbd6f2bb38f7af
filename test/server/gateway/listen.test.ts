import { connect, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, test } from 'vitest'
import { httpLimits, listen } from '../../../src/server/gateway/listen.ts'
import { startTestGateway } from '../../support/gateway.ts'

const quiet = { info() {}, warn() {}, error() {} }
const nothing = { onConnection() {}, onRequest() {}, onUpgrade() {}, log: quiet }

const opened = (host: string, port: number) =>
  new Promise<'open' | 'refused'>((resolve) => {
    const socket = connect({ host, port })
    socket.on('connect', () => {
      socket.destroy()
      resolve('open')
    })
    socket.on('error', () => resolve('refused'))
  })

/** Everything a socket receives until the other end closes it. */
const readAll = (socket: Socket) =>
  new Promise<string>((resolve) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('close', () => resolve(text))
    socket.on('error', () => {})
  })

test('TR1: both loopback addresses share one port, and no other address of this machine answers on it', async () => {
  await using gateway = await startTestGateway({
    listen: [
      { host: '127.0.0.1', port: 0 },
      { host: '::1', port: 0 },
    ],
  })
  const { port, addresses } = gateway.server
  for (const address of addresses) expect(await opened(address.host, port)).toBe('open')
  const others = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal }) => !internal)
  for (const { address } of others) expect(await opened(address, port)).toBe('refused')
})

test('a taken port is named, with who may hold it and how to find out', async () => {
  await using first = await listen({ addresses: [{ host: '127.0.0.1', port: 0 }], ...nothing })
  const again = listen({ addresses: [{ host: '127.0.0.1', port: first.port }], ...nothing })
  await expect(again).rejects.toMatchObject({
    code: 'gateway.port-taken',
    message: `127.0.0.1:${first.port} is already in use, perhaps by another gateway`,
    remedy: expect.stringContaining(`clawdbot gateway status --port ${first.port}`),
  })
  // That one ends the gateway of its own state folder, which would not have come so far.
  await expect(again).rejects.toMatchObject({ remedy: expect.not.stringContaining('gateway stop') })
})

test('an address this machine does not have is left out, and alone it is refused', async () => {
  const absent = { host: '203.0.113.7', port: 0 }
  await using some = await listen({ addresses: [{ host: '127.0.0.1', port: 0 }, absent], ...nothing })
  expect(some.addresses).toHaveLength(1)
  await expect(listen({ addresses: [absent], ...nothing })).rejects.toMatchObject({ code: 'gateway.bind-refused' })
})

describe('IN3', () => {
  test('headers of more than 16 KiB are refused', async () => {
    await using gateway = await startTestGateway()
    const socket = connect(gateway.server.port, '127.0.0.1')
    const answer = readAll(socket)
    socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${gateway.server.port}\r\nX-Big: ${'x'.repeat(17_000)}\r\n\r\n`)
    expect(await answer).toContain('431')
  })

  test('a request whose headers never end is given up, after ten seconds unless told otherwise', async () => {
    expect(httpLimits).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000, maxHeaderSize: 16 * 1024 })
    const limits = { headersTimeout: 200, connectionsCheckingInterval: 20 }
    await using listening = await listen({ addresses: [{ host: '127.0.0.1', port: 0 }], ...nothing, limits })
    const sockets = Array.from({ length: 200 }, () => connect(listening.port, '127.0.0.1'))
    const ends = sockets.map(readAll)
    for (const socket of sockets) socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ')
    const answers = await Promise.all(ends)
    expect(answers.every((answer) => answer.includes('408'))).toBe(true)
  })
})
