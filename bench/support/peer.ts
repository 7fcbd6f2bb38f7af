/** A bare peer of the wire for benchmarks: counts bytes, keeps events, knows nothing else. */

import { once } from 'node:events'
import { WebSocket } from 'ws'
import { token } from './processes.ts'

export type PeerOptions = {
  port: number
  protocol?: 3 | 4
  caps?: string[]
  onEvent?(event: string, payload: PeerPayload): void
}
export type PeerPayload = {
  runId?: string
  state?: string
  deltaText?: string
  message?: { content: { text: string }[] }
}
type Frame = {
  type: string
  id?: string
  ok?: boolean
  event?: string
  payload?: PeerPayload & Record<string, unknown>
  error?: unknown
}

export class BenchPeer {
  readonly socket: WebSocket
  bytes = 0
  #next = 1
  readonly #waiting = new Map<string, (frame: Frame) => void>()
  readonly #onEvent: PeerOptions['onEvent']

  private constructor(socket: WebSocket, options: PeerOptions) {
    this.socket = socket
    this.#onEvent = options.onEvent
    socket.on('message', (data: Buffer) => {
      this.bytes += data.length
      const frame = JSON.parse(data.toString()) as Frame
      if (frame.type === 'event') return this.#onEvent?.(frame.event ?? '', frame.payload ?? {})
      this.#waiting.get(frame.id ?? '')?.(frame)
      this.#waiting.delete(frame.id ?? '')
    })
  }

  static async connect(options: PeerOptions): Promise<BenchPeer> {
    const socket = new WebSocket(`ws://127.0.0.1:${options.port}/`, { perMessageDeflate: false })
    const peer = new BenchPeer(socket, options)
    await once(socket, 'open')
    const protocol = options.protocol ?? 4
    await peer.call('connect', {
      minProtocol: protocol,
      maxProtocol: protocol,
      client: { id: 'cli', version: '0', platform: 'linux', mode: 'cli' },
      role: 'operator',
      scopes: ['operator.admin', 'operator.read', 'operator.write'],
      caps: options.caps ?? [],
      auth: { token },
    })
    if (options.caps?.includes('reattach')) await peer.call('reattach', {})
    return peer
  }

  /** Retries until the gateway answers, every 2 ms. For start-up figures. */
  static async connectWhenUp(options: PeerOptions, limitMs = 10_000): Promise<BenchPeer> {
    const until = performance.now() + limitMs
    for (;;) {
      try {
        return await BenchPeer.connect(options)
      } catch (error) {
        if (performance.now() > until) throw error
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    }
  }

  async call(method: string, params: unknown): Promise<Record<string, unknown>> {
    const id = String(this.#next++)
    const answer = new Promise<Frame>((resolve, reject) => {
      this.#waiting.set(id, resolve)
      this.socket.once('close', (code, reason) => reject(new Error(`closed ${code} ${reason}`)))
    })
    this.socket.send(JSON.stringify({ type: 'req', id, method, params }))
    const frame = await answer
    if (!frame.ok) throw new Error(`${method}: ${JSON.stringify(frame.error)}`)
    return (frame.payload ?? {}) as Record<string, unknown>
  }

  close(): void {
    this.socket.close()
  }
}

/** Sends one message and resolves when its run has ended, with the time of the first delta and of the end, ms since sending. */
export async function turn(port: number, options: { sessionKey?: string; protocol?: 3 | 4; caps?: string[] } = {}) {
  const runId = crypto.randomUUID()
  let first = Number.NaN
  let from = 0
  const { promise, resolve } = Promise.withResolvers<number>()
  const peer = await BenchPeer.connect({
    port,
    ...options,
    onEvent: (event, payload) => {
      if (event !== 'chat' || payload.runId !== runId) return
      if (payload.state === 'delta' && Number.isNaN(first)) first = performance.now() - from
      if (payload.state === 'final' || payload.state === 'error') resolve(performance.now() - from)
    },
  })
  const before = peer.bytes
  from = performance.now()
  await peer.call('chat.send', { sessionKey: options.sessionKey ?? 'main', message: 'go', idempotencyKey: runId })
  const ended = await promise
  const bytes = peer.bytes - before
  peer.close()
  return { first, ended, bytes }
}
