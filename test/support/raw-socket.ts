/** An upgraded socket written to byte by byte, for frames no well-behaved client sends (RFC 6455, section 5.2). */

import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

export class RawSocket implements Disposable {
  readonly #socket: Socket
  #received = Buffer.alloc(0)
  #wake = () => {}

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#wake()
    })
    socket.on('close', () => this.#wake())
    socket.on('error', () => {}) // 'close' follows
  }

  static async open(port: number): Promise<RawSocket> {
    const socket = connect(port, '127.0.0.1')
    const raw = new RawSocket(socket)
    socket.write(
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
    )
    while (!raw.#received.includes('\r\n\r\n')) await raw.#more()
    raw.#received = raw.#received.subarray(raw.#received.indexOf('\r\n\r\n') + 4)
    return raw
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** Only the header of a masked text frame with an all-zero mask. */
  writeHeader(length: number, { opcode = 1, fin = true } = {}): void {
    const header = Buffer.alloc(14)
    header[0] = (fin ? 0x80 : 0) | opcode
    header[1] = 0x80 | 127
    header.writeBigUInt64BE(BigInt(length), 2)
    this.write(header)
  }

  writeFrame(payload: string | Buffer, options: { opcode?: number; fin?: boolean } = {}): void {
    const bytes = Buffer.from(payload)
    this.writeHeader(bytes.length, options)
    this.write(bytes)
  }

  /** The code of the close frame the server sends; 1006 when it ends without one. */
  async closeCode(): Promise<number> {
    for (;;) {
      const code = findClose(this.#received)
      if (code !== undefined) return code
      if (this.#socket.closed) return 1006
      await this.#more()
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

/** Walks unmasked server frames up to a close frame. */
function findClose(bytes: Buffer): number | undefined {
  let at = 0
  while (at + 2 <= bytes.length) {
    const short = (bytes[at + 1] ?? 0) & 0x7f
    const length =
      short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short
    const start = at + (short === 126 ? 4 : short === 127 ? 10 : 2)
    if (((bytes[at] ?? 0) & 0x0f) === 8) return length >= 2 ? bytes.readUInt16BE(start) : 1005
    at = start + length
  }
  return undefined
}
