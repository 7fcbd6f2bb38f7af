/** What every kind of tunnel must do, whatever carries it: streams that are whole, apart from each other, and end. */

import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Tunnel } from '../../src/tunnel/tunnel.ts'

const within = () => AbortSignal.timeout(10_000)

/** `open` makes a tunnel of its kind to a gateway at `port` of this machine. */
export function tunnelContract(kind: string, open: (port: number) => Promise<Tunnel>): void {
  describe(`a tunnel of kind ${kind}`, () => {
    const echo = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {})
      socket.pipe(socket)
    })
    const deaf = createServer((socket) => {
      socket.on('error', () => {})
      socket.pause()
    })
    const brief = createServer((socket) => {
      socket.on('error', () => {})
      socket.end('goodbye')
    })
    beforeAll(() => Promise.all([echo, deaf, brief].map(listen)))
    afterAll(() => {
      for (const server of [echo, deaf, brief]) server.close()
    })

    test('carries bytes both ways, whole and in order, over several streams at once', async () => {
      await using tunnel = await open(portOf(echo))
      const streams = await Promise.all([1, 2, 3].map(() => tunnel.dial(within())))
      const sizes = [1_000_000, 70_001, 1]
      await Promise.all(
        streams.map(async (stream, i) => {
          const sent = randomBytes(sizes[i] ?? 0)
          stream.write(sent)
          expect(digest(await read(stream, sent.length))).toBe(digest(sent))
        }),
      )
    })

    test('keeps the other streams when one ends, and takes further ones', async () => {
      await using tunnel = await open(portOf(echo))
      const [first, second] = await Promise.all([tunnel.dial(within()), tunnel.dial(within())])
      first.destroy()
      for (const stream of [second, await tunnel.dial(within())]) {
        stream.write('still here')
        expect(String(await read(stream, 10))).toBe('still here')
      }
    })

    test('tells when the gateway ends a stream, after all it said', async () => {
      await using tunnel = await open(portOf(brief))
      const stream = await tunnel.dial(within())
      let text = ''
      for await (const piece of stream) text += String(piece)
      expect(text).toBe('goodbye')
    })

    test('makes a writer wait for a gateway that does not read', async () => {
      await using tunnel = await open(portOf(deaf))
      const stream = await tunnel.dial(within())
      const piece = Buffer.alloc(1 << 20)
      let written = 0
      const isWritten = () => new Promise((resolve) => stream.write(piece, () => resolve(true)))
      while (written < 64 && (await Promise.race([isWritten(), stalled(stream)]))) written++
      expect(written).toBeLessThan(32)
    })

    test('says that nobody listens, and works again once somebody does', async () => {
      const late = createServer((socket) => socket.end('here'))
      await listen(late)
      const port = portOf(late)
      late.close()
      await once(late, 'close')
      await using tunnel = await open(port)
      await expect(tunnel.dial(within())).rejects.toMatchObject({ name: 'Fault', retryable: true })
      late.listen(port, '127.0.0.1')
      await once(late, 'listening')
      expect(String(await read(await tunnel.dial(within()), 4))).toBe('here')
      late.close()
    })

    test('ends a dial with the reason of its signal', async () => {
      await using tunnel = await open(portOf(echo))
      await expect(tunnel.dial(AbortSignal.abort(new Error('never mind')))).rejects.toThrow('never mind')
    })

    test('is closed without a fault when its owner is done, and says where it leads', async () => {
      const tunnel = await open(portOf(echo))
      expect(tunnel.url.isLoopback).toBe(true)
      expect(tunnel.origin).toMatch(/^(ws|ssh):\/\//)
      expect(tunnel.route).toMatch(/^(direct|ssh2 › |ssh -W › )/)
      await tunnel[Symbol.asyncDispose]()
      expect(await tunnel.closed).toBe(undefined)
    })
  })
}

async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
}

function portOf(server: Server): number {
  return (server.address() as { port: number }).port
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Exactly so many bytes. */
export async function read(stream: Duplex, length: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let have = 0
  while (have < length) {
    const piece: Buffer | null = stream.read()
    if (piece) {
      pieces.push(piece)
      have += piece.length
    } else {
      await once(stream, 'readable', { signal: AbortSignal.timeout(10_000) })
    }
  }
  return Buffer.concat(pieces)
}

/** Resolves with false once nothing has been taken for a while: the writer is made to wait. */
async function stalled(stream: Duplex): Promise<false> {
  for (let quiet = 0, before = -1; quiet < 10; ) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    quiet = stream.writableLength > 0 && stream.writableLength === before ? quiet + 1 : 0
    before = stream.writableLength
  }
  return false
}
