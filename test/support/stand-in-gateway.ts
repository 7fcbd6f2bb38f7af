/**
 * A stand-in for a gateway of the ecosystem, FAKE on purpose: it speaks protocol 3 or 4 as section 16 of the wire
 * reference says, with canned answers, and lets a test misbehave in ways a real gateway would not on demand.
 */

import { createPublicKey, randomUUID, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { proofText } from '../../src/shared/protocol/device-proof.ts'
import { gatewayNonceHeader } from '../../src/shared/protocol/gateway-proof.ts'

type Json = Record<string, unknown>
export type Received = { method: string; params: Json; connection: number }

export type StandInOptions = {
  protocol?: 3 | 4
  token?: string
  /** Its mode is `password`, and it looks for it in no other field, as protocol 3 does. */
  password?: string
  port?: number
  /** Answers by method; a thrown `WireFailure` becomes an error response. */
  methods?: Record<string, (params: Json, peer: StandInPeer) => unknown>
  /** Extra method names to advertise. */
  advertise?: string[]
  /** Refuses every connect with this error. */
  refuse?: Json
  /** Sends no challenge. */
  mute?: boolean
  channels?: Record<string, Json>
  /** Sends the challenge that this real gateway gives for the client's nonce. */
  relay?: string
  /** Sends this challenge, which somebody got before. */
  replay?: Json
}

export class WireFailure extends Error {
  readonly error: Json
  constructor(error: Json) {
    super(String(error.message))
    this.error = error
  }
}

export type StandInPeer = {
  readonly index: number
  readonly connId: string
  seq: number
  event(event: string, payload: unknown): void
  /** The socket breaks without a close frame. */
  cut(): void
  close(code: number, reason: string): void
  /** Stops reading and answering, as a frozen process does. */
  freeze(): void
}

export class StandInGateway implements AsyncDisposable {
  readonly received: Received[] = []
  readonly peers: StandInPeer[] = []
  /** Params of every `connect`. */
  readonly connects: Json[] = []
  /** Device tokens it has given out. */
  readonly issued = new Set<string>()
  options: StandInOptions
  readonly #http: Server
  readonly #sockets = new Set<WebSocket>()

  private constructor(http: Server, options: StandInOptions) {
    this.#http = http
    this.options = options
    const wss = new WebSocketServer({ server: http, perMessageDeflate: false })
    wss.on('connection', (socket, request) => void this.#welcome(socket, request.headers))
  }

  static async start(options: StandInOptions = {}): Promise<StandInGateway> {
    const http = createServer((_request, response) => response.writeHead(404).end('Not Found'))
    const gateway = new StandInGateway(http, options)
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject)
      http.listen(options.port ?? 0, '127.0.0.1', resolve)
    })
    return gateway
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`
  }

  get live(): StandInPeer {
    const peer = this.peers.at(-1)
    if (!peer) throw new Error('nobody connected yet')
    return peer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.terminate()
    this.#http.closeAllConnections()
    await new Promise((resolve) => this.#http.close(resolve))
  }

  async #welcome(socket: WebSocket, headers: IncomingHttpHeaders): Promise<void> {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    const { relay, replay } = this.options
    const passedOn = replay ?? (relay && (await challengeOf(relay, String(headers[gatewayNonceHeader]))))
    const nonce = passedOn ? String(passedOn.nonce) : randomUUID()
    const send = (frame: Json) => socket.send(JSON.stringify(frame))
    const ts = Date.now()
    if (!this.options.mute) send({ type: 'event', event: 'connect.challenge', payload: passedOn ?? { nonce, ts } })
    let peer: StandInPeer | undefined
    socket.on('message', (data) => {
      const { id, method, params = {} } = JSON.parse(String(data)) as { id: string; method: string; params?: Json }
      if (method === 'connect') {
        this.connects.push(params)
        const refusal = this.options.refuse ?? this.#judge(params, nonce)
        if (refusal) {
          send({ type: 'res', id, ok: false, error: refusal })
          socket.close(refusal.message === 'protocol mismatch' ? 1002 : 1008, String(refusal.message).slice(0, 120))
          return
        }
        peer = this.#seat(socket, send)
        send({ type: 'res', id, ok: true, payload: this.#hello(peer) })
        return
      }
      if (!peer) return
      this.received.push({ method, params, connection: peer.index })
      void this.#answer(id, method, params, peer, send)
    })
  }

  #seat(socket: WebSocket, send: (frame: Json) => void): StandInPeer {
    const peer: StandInPeer = {
      index: this.peers.length,
      connId: randomUUID(),
      seq: 0,
      event: (event, payload) => send({ type: 'event', event, payload, seq: ++peer.seq }),
      cut: () => socket.terminate(),
      close: (code, reason) => socket.close(code, reason),
      freeze: () => {
        socket.pause()
      },
    }
    this.peers.push(peer)
    return peer
  }

  /** Credentials and proof as a real gateway checks them; undefined when all is well. */
  #judge(params: Json, nonce: string): Json | undefined {
    const { token, password } = (params.auth ?? {}) as { token?: string; password?: string }
    const { token: expected, password: wanted } = this.options
    if (wanted !== undefined && password !== wanted && !(token && this.issued.has(token))) {
      const reason = password ? 'mismatch' : 'missing'
      return {
        code: 'INVALID_REQUEST',
        message: `unauthorized: gateway password ${reason} (provide gateway auth password)`,
      }
    }
    if (expected !== undefined && token !== expected && !(token && this.issued.has(token))) {
      const reason = token ? 'mismatch' : 'missing'
      const details = { code: `AUTH_TOKEN_${reason.toUpperCase()}` }
      const message = `unauthorized: gateway token ${reason} (provide gateway auth token)`
      return { code: 'INVALID_REQUEST', message, ...(this.options.protocol === 3 ? {} : { details }) }
    }
    const device = params.device as Record<string, string> | undefined
    if (!device) return { code: 'NOT_PAIRED', message: 'device identity required' }
    const client = params.client as Record<string, string>
    const text = proofText(this.options.mute ? 'v1' : 'v2', {
      deviceId: device.id ?? '',
      clientId: client.id ?? '',
      clientMode: client.mode ?? '',
      role: String(params.role),
      scopes: params.scopes as string[],
      signedAtMs: Number(device.signedAt),
      token: token ?? '',
      nonce,
    })
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: device.publicKey ?? '' }, format: 'jwk' })
    if (verify(null, Buffer.from(text), key, Buffer.from(device.signature ?? '', 'base64url'))) return undefined
    return { code: 'INVALID_REQUEST', message: 'device signature invalid' }
  }

  #hello(peer: StandInPeer): Json {
    const deviceToken = randomUUID()
    this.issued.add(deviceToken)
    const methods = ['health', 'status', 'chat.history', 'chat.send', ...Object.keys(this.options.methods ?? {})]
    return {
      type: 'hello-ok',
      protocol: this.options.protocol ?? 4,
      server: { version: '0.0.0-stand-in', connId: peer.connId },
      features: { methods: [...methods, ...(this.options.advertise ?? [])], events: ['chat', 'tick'] },
      snapshot: { presence: [], health: {}, stateVersion: { presence: 1, health: 1 }, uptimeMs: 65_000 },
      auth: { deviceToken, role: 'operator', scopes: ['operator.admin'], issuedAtMs: Date.now() },
      policy: { maxPayload: 524_288, maxBufferedBytes: 1_572_864, tickIntervalMs: 30_000 },
    }
  }

  async #answer(id: string, method: string, params: Json, peer: StandInPeer, send: (f: Json) => void): Promise<void> {
    const handler = this.options.methods?.[method] ?? canned[method]
    if (!handler) {
      const message = `unknown method: ${method}`
      return send({ type: 'res', id, ok: false, error: { code: 'INVALID_REQUEST', message } })
    }
    try {
      const payload = await handler(params, peer)
      if (payload !== noAnswer)
        send({ type: 'res', id, ok: true, payload: withChannels(method, payload, this.options) })
    } catch (error) {
      const wire = error instanceof WireFailure ? error.error : { code: 'UNAVAILABLE', message: String(error) }
      send({ type: 'res', id, ok: false, error: wire })
    }
  }
}

/** What a real gateway says to somebody who sends this nonce. */
export async function challengeOf(url: string, nonce: string): Promise<Json> {
  const real = new WebSocket(url, { headers: { [gatewayNonceHeader]: nonce } })
  const [data] = await once(real, 'message')
  real.terminate()
  return JSON.parse(String(data)).payload
}

/** Return this from a method to leave the call unanswered. */
export const noAnswer = Symbol('no answer')

function withChannels(method: string, payload: unknown, options: StandInOptions): unknown {
  if (method !== 'health' || !options.channels) return payload
  const order = Object.keys(options.channels)
  return { ...(payload as Json), channels: options.channels, channelOrder: order }
}

const store = { path: '/state/sessions.json', count: 1, recent: [{ key: 'agent:main:main', updatedAt: 1, age: 1 }] }

const canned: Record<string, (params: Json, peer: StandInPeer) => unknown> = {
  health: () => ({
    ok: true,
    ts: 1,
    durationMs: 1,
    channels: {},
    channelOrder: [],
    channelLabels: {},
    heartbeatSeconds: 0,
    defaultAgentId: 'main',
    agents: [{ agentId: 'main', isDefault: true, sessions: store }],
    sessions: store,
  }),
  status: () => ({
    heartbeat: { defaultAgentId: 'main', agents: [] },
    channelSummary: [],
    queuedSystemEvents: [],
    sessions: { paths: [], count: 1, defaults: { model: 'model-x', contextTokens: 200_000 }, recent: [], byAgent: [] },
  }),
  'chat.history': ({ sessionKey }) => ({ sessionKey, messages: [] }),
  'sessions.subscribe': () => ({ subscribed: true }),
}
