/** A bare peer of the wire for benchmarks: counts bytes, keeps events, knows nothing else. */

import { once } from 'node:events'
import { WebSocket } from 'ws'
import { token } from './processes.ts'

export type PeerOptions = { port: number; protocol?: 3 | 4; caps?: string[] }
export type PeerPayload = {
  runId?: string
  state?: string
  errorMessage?: string
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
  onEvent: ((event: string, payload: PeerPayload) => void) | undefined
  #next = 1
  readonly #waiting = new Map<string, { resolve(frame: Frame): void; reject(error: Error): void }>()

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => {
      this.bytes += data.length
      const frame = JSON.parse(data.toString()) as Frame
      if (frame.type === 'event') return this.onEvent?.(frame.event ?? '', frame.payload ?? {})
      this.#waiting.get(frame.id ?? '')?.resolve(frame)
      this.#waiting.delete(frame.id ?? '')
    })
    socket.on('close', (code, reason) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`closed ${code} ${reason}`))
    })
  }

  static async connect(options: PeerOptions): Promise<BenchPeer> {
    const socket = new WebSocket(`ws://127.0.0.1:${options.port}/`, { perMessageDeflate: false })
    const peer = new BenchPeer(socket)
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

  /** Many at once, in batches below the number that may be greeting from one address at a time. */
  static async connectMany(count: number, options: PeerOptions): Promise<BenchPeer[]> {
    const peers: BenchPeer[] = []
    while (peers.length < count) {
      const batch = Array.from({ length: Math.min(16, count - peers.length) }, () => BenchPeer.connect(options))
      peers.push(...(await Promise.all(batch)))
    }
    return peers
  }

  async call(method: string, params: unknown): Promise<Record<string, unknown>> {
    const id = String(this.#next++)
    const answer = new Promise<Frame>((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
    this.socket.send(JSON.stringify({ type: 'req', id, method, params }))
    const frame = await answer
    if (!frame.ok) throw new Error(`${method}: ${JSON.stringify(frame.error)}`)
    return (frame.payload ?? {}) as Record<string, unknown>
  }

  /** Resolves when the run has ended as this peer hears it, with the time of its first delta; a failed run throws. */
  ending(runId: string): Promise<{ first: number; ended: number; text: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ first: number; ended: number; text: string }>()
    let first = Number.NaN
    this.onEvent = (event, payload) => {
      if (event !== 'chat' || payload.runId !== runId) return
      const now = performance.now()
      if (payload.state === 'delta' && Number.isNaN(first)) first = now
      if (payload.state === 'final') resolve({ first, ended: now, text: payload.message?.content[0]?.text ?? '' })
      if (payload.state === 'error') reject(new Error(payload.errorMessage))
    }
    return promise
  }

  close(): void {
    this.socket.close()
  }
}

/** Sends one message and resolves when its run has ended; both times are milliseconds since sending. */
export async function turn(peer: BenchPeer, sessionKey: string): Promise<{ first: number; ended: number }> {
  const runId = crypto.randomUUID()
  const ending = peer.ending(runId)
  const from = performance.now()
  await peer.call('chat.send', { sessionKey, message: 'go', idempotencyKey: runId })
  const { first, ended } = await ending
  return { first: first - from, ended: ended - from }
}
