/** A TCP proxy that breaks connections on purpose: cut at any byte, swallowed without a word, half open, or delayed. */

import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

export type Chaos = {
  /** Cuts the connection when this many bytes have gone to the client. */
  cutAfterBytes?: number
  /** Cuts the connection when this many bytes have gone to the gateway. */
  cutAfterSentBytes?: number
  /** After so many bytes to the client nothing more reaches it, while what it sends still arrives: half open. */
  deafAfterBytes?: number
  /** Holds every piece back this long, both ways, milliseconds. */
  delayMs?: number
  /** Refuses the connection at once. */
  refuse?: boolean
}

type Limits = { [K in 'cutAfterBytes' | 'deafAfterBytes' | 'delayMs']?: Chaos[K] | undefined }
type Pair = { client: Socket; gateway: Socket; isFrozen: boolean }

export class ChaosProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #pairs = new Set<Pair>()
  readonly #target: () => number
  #chaos: (connection: number) => Chaos
  #isBlackhole = false
  /** Connections so far. */
  connections = 0
  /** Connections that were cut on purpose. */
  cuts = 0
  /** Bytes given to all clients so far. */
  bytes = 0

  private constructor(server: Server, target: () => number, chaos: (connection: number) => Chaos) {
    this.#server = server
    this.#target = target
    this.#chaos = chaos
    server.on('connection', (client) => this.#accept(client))
  }

  /** Stands before `port` of this machine, which may be known only later; `chaos` says what becomes of each connection, counted from 0. */
  static async before(
    port: number | (() => number),
    chaos: (connection: number) => Chaos = () => ({}),
  ): Promise<ChaosProxy> {
    const server = createServer({ noDelay: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new ChaosProxy(server, typeof port === 'number' ? () => port : port, chaos)
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as { port: number }).port}`
  }

  /** What becomes of connections made from now on. */
  become(chaos: (connection: number) => Chaos): void {
    this.#chaos = chaos
  }

  /** Breaks every connection there is. */
  cut(): void {
    for (const pair of this.#pairs) this.#end(pair)
  }

  /** While on, bytes vanish both ways and no connection ends: a cable pulled somewhere far away. */
  blackhole(isOn: boolean): void {
    this.#isBlackhole = isOn
  }

  /** The connections there are swallow everything from now on and do not end; new ones are fine. As after a sleep. */
  freeze(): void {
    for (const pair of this.#pairs) pair.isFrozen = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #accept(client: Socket): void {
    const chaos = this.#chaos(this.connections++)
    client.on('error', () => {}) // a cut; 'close' follows
    if (chaos.refuse) {
      client.resetAndDestroy()
      return
    }
    const gateway = connect({ port: this.#target(), host: '127.0.0.1', noDelay: true })
    gateway.on('error', () => {})
    const pair = { client, gateway, isFrozen: false }
    this.#pairs.add(pair)
    client.on('close', () => this.#end(pair))
    gateway.on('close', () => this.#end(pair))
    this.#pump(client, gateway, { cutAfterBytes: chaos.cutAfterSentBytes, delayMs: chaos.delayMs }, pair)
    this.#pump(gateway, client, chaos, pair)
  }

  #pump(from: Socket, to: Socket, { cutAfterBytes, deafAfterBytes, delayMs }: Limits, pair: Pair): void {
    let left = cutAfterBytes ?? deafAfterBytes ?? Number.POSITIVE_INFINITY
    const pass = (piece: Buffer) => {
      if (this.#isBlackhole || pair.isFrozen || to.destroyed) return
      const part = piece.subarray(0, left)
      left -= part.length
      if (to === pair.client) this.bytes += part.length
      if (left > 0) {
        to.write(part)
        return
      }
      if (cutAfterBytes === undefined) {
        if (part.length > 0) to.write(part)
        return
      }
      this.cuts++
      to.write(part, () => this.#end(pair)) // exactly so many bytes, then the end
      from.removeAllListeners('data')
    }
    from.on('data', (piece) => (delayMs ? setTimeout(pass, delayMs, piece) : pass(piece)))
  }

  #end(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return
    pair.gateway.destroy()
    if (!pair.client.destroyed) pair.client.resetAndDestroy()
  }
}
