/** A TCP proxy that breaks connections on purpose: cut after so many bytes, swallowed without a word, or delayed. */

import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

export type Chaos = {
  /** Cuts the connection when this many bytes have gone to the client. */
  cutAfterBytes?: number
  /** Cuts the connection when this many bytes have gone to the gateway. */
  cutAfterSentBytes?: number
  /** Holds every piece back this long, both ways, milliseconds. */
  delayMs?: number
  /** Refuses the connection at once. */
  refuse?: boolean
}

export class ChaosProxy implements AsyncDisposable {
  readonly #server: Server
  readonly #pairs = new Set<{ client: Socket; gateway: Socket }>()
  readonly #target: number
  #chaos: (connection: number) => Chaos
  #isBlackhole = false
  /** Connections so far. */
  connections = 0
  /** Connections that were cut on purpose. */
  cuts = 0
  /** Bytes given to all clients so far. */
  bytes = 0

  private constructor(server: Server, target: number, chaos: (connection: number) => Chaos) {
    this.#server = server
    this.#target = target
    this.#chaos = chaos
    server.on('connection', (client) => this.#accept(client))
  }

  /** Stands before `port` of this machine; `chaos` says what becomes of each connection, counted from 0. */
  static async before(port: number, chaos: (connection: number) => Chaos = () => ({})): Promise<ChaosProxy> {
    const server = createServer({ noDelay: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new ChaosProxy(server, port, chaos)
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
    const gateway = connect({ port: this.#target, host: '127.0.0.1', noDelay: true })
    gateway.on('error', () => {})
    const pair = { client, gateway }
    this.#pairs.add(pair)
    client.on('close', () => this.#end(pair))
    gateway.on('close', () => this.#end(pair))
    this.#pump(client, gateway, chaos.cutAfterSentBytes, chaos.delayMs, pair)
    this.#pump(gateway, client, chaos.cutAfterBytes, chaos.delayMs, pair)
  }

  #pump(
    from: Socket,
    to: Socket,
    limitBytes = Number.POSITIVE_INFINITY,
    delayMs: number | undefined,
    pair: { client: Socket; gateway: Socket },
  ): void {
    let left = limitBytes
    const pass = (piece: Buffer) => {
      if (this.#isBlackhole || to.destroyed) return
      const part = piece.subarray(0, left)
      left -= part.length
      if (to === pair.client) this.bytes += part.length
      if (left > 0) {
        to.write(part)
        return
      }
      this.cuts++
      to.write(part, () => this.#end(pair)) // exactly so many bytes, then the end
      from.removeAllListeners('data')
    }
    from.on('data', (piece) => (delayMs ? setTimeout(pass, delayMs, piece) : pass(piece)))
  }

  #end(pair: { client: Socket; gateway: Socket }): void {
    if (!this.#pairs.delete(pair)) return
    pair.gateway.destroy()
    if (!pair.client.destroyed) pair.client.resetAndDestroy()
  }
}
