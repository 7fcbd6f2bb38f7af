/** A plain WebSocket client of the gateway: sends frames, keeps what arrives, waits for what a test names. */

import type { ClientRequestArgs } from 'node:http'
import { type ClientOptions, WebSocket } from 'ws'
import type { EventFrame, ResponseFrame } from '../../src/shared/protocol/frame.ts'
import { connectParamsOf, type Introduction } from './device.ts'

type Json = Record<string, unknown>
export type Received = EventFrame | ResponseFrame

export class RawClient implements Disposable {
  readonly frames: Received[] = []
  readonly socket: WebSocket
  /** Resolves when the socket is closed, with what the server said. */
  readonly closed: Promise<{ code: number; reason: string }>
  #waiters = new Set<() => void>()
  #ids = 0

  constructor(url: string, options: ClientOptions & ClientRequestArgs = {}) {
    this.socket = new WebSocket(url, { perMessageDeflate: false, ...options })
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() })
        this.#wake()
      })
    })
    this.socket.on('error', () => {}) // 'close' follows
    this.socket.on('message', (data) => {
      this.frames.push(JSON.parse(data.toString()) as Received)
      this.#wake()
    })
  }

  get events(): EventFrame[] {
    return this.frames.filter((frame) => frame.type === 'event')
  }

  /** Status of the HTTP answer when the upgrade was refused, else 101. */
  static status(url: string, options: ClientOptions & ClientRequestArgs = {}): Promise<number> {
    const socket = new WebSocket(url, { perMessageDeflate: false, ...options })
    return new Promise((resolve) => {
      socket.on('unexpected-response', (request, response) => {
        resolve(response.statusCode ?? 0)
        request.destroy()
      })
      socket.on('open', () => {
        resolve(101)
        socket.terminate()
      })
      socket.on('error', () => resolve(0))
    })
  }

  /** The first frame, now or later, for which `test` holds. Fails when the socket closes first. */
  async until<T extends Received>(test: (frame: Received) => frame is T): Promise<T>
  async until(test: (frame: Received) => boolean): Promise<Received>
  async until(test: (frame: Received) => boolean): Promise<Received> {
    for (;;) {
      const found = this.frames.find(test)
      if (found) return found
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('the socket closed first')
      await new Promise<void>((resolve) => this.#waiters.add(resolve))
    }
  }

  event(name: string, test: (payload: Json) => boolean = () => true): Promise<EventFrame> {
    return this.until(
      (frame): frame is EventFrame =>
        frame.type === 'event' && frame.event === name && test((frame.payload ?? {}) as Json),
    )
  }

  async request(method: string, params?: unknown, id = `r${++this.#ids}`): Promise<ResponseFrame> {
    this.send({ type: 'req', id, method, ...(params !== undefined && { params }) })
    return this.response(id)
  }

  response(id: string): Promise<ResponseFrame> {
    return this.until((frame): frame is ResponseFrame => frame.type === 'res' && frame.id === id)
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame))
  }

  async challenge(): Promise<{ nonce: string; ts: number }> {
    return (await this.event('connect.challenge')).payload as { nonce: string; ts: number }
  }

  /** Waits for the challenge, signs it if there is a device, and sends `connect`. */
  async connect(intro: Introduction = {}): Promise<ResponseFrame> {
    const { nonce, ts } = await this.challenge()
    const signed = intro.device ? { nonce, signedAt: ts } : {}
    return this.request('connect', connectParamsOf({ ...signed, ...intro }))
  }

  [Symbol.dispose](): void {
    this.socket.terminate()
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter()
    this.#waiters.clear()
  }
}
