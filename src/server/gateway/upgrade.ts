/** From HTTP to WebSocket: what has to hold before a socket is upgraded at all. */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { maxPayloadBytes } from '../../shared/protocol/frame.ts'
import { gatewayNonce, gatewayNonceHeader } from '../../shared/protocol/gateway-proof.ts'
import type { Identify } from './admission/identify.ts'
import type { Source } from './admission/local.ts'
import { type Gate, isCrossSite, passGate } from './admission/origin.ts'
import { connectionKey, type WaitingRoom } from './admission/waiting-room.ts'
import { refuseBare } from './http/bare-answer.ts'
import { securityHeaders } from './http/route.ts'

export type Upgraded = {
  socket: WebSocket
  stream: Duplex
  source: Source
  /** What the peer wants signed, to know that we are its gateway. */
  wantsProof: { host: string; clientNonce: string } | undefined
  /** It has logged in. */
  admitted(): void
}

export type Upgrader = (request: IncomingMessage, stream: Duplex, head: Buffer) => void

export function createUpgrader(options: {
  gate(): Gate
  isOpen(): boolean
  room: WaitingRoom
  sourceOf(request: IncomingMessage): Source
  /** Who of the tailnet it is; only where Serve alone comes in. */
  identify?: Identify | undefined
  onUpgraded(upgraded: Upgraded): void
}): Upgrader {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxPayloadBytes,
  })
  server.on('headers', (lines) => {
    for (const [name, value] of Object.entries(securityHeaders)) lines.push(`${name}: ${value}`)
  })

  server.on('wsClientError', (_, stream) => refuseBare(stream, 400))

  return (request, stream, head) => {
    stream.on('error', () => {}) // reset by the peer; 'close' follows
    const verdict = passGate(options.gate(), request.headers)
    if (verdict.kind === 'closed') return refuseBare(stream, verdict.status)
    if ((request.url ?? '/').replace(/[?#].*$/, '') !== '/') return refuseBare(stream, 404)
    if (isCrossSite(request.headers)) return refuseBare(stream, 403)
    if (!options.isOpen()) return refuseBare(stream, 503)
    const source = options.sourceOf(request)
    const key = connectionKey(request.socket)
    options.room.comesFrom(key, source.address)
    const admitted = () => options.room.leave(key)
    const upgrade = (tailnetLogin?: string) => {
      const known = tailnetLogin === undefined ? source : { ...source, tailnetLogin }
      // The answer and the challenge that follows it leave in one system call.
      stream.cork()
      process.nextTick(() => stream.uncork())
      server.handleUpgrade(request, stream, head, (socket) =>
        options.onUpgraded({ socket, stream, source: known, wantsProof: wantsProof(request), admitted }),
      )
    }
    if (options.identify) void options.identify(request.headers).then(upgrade)
    else upgrade()
  }
}

function wantsProof({ headers }: IncomingMessage): Upgraded['wantsProof'] {
  const clientNonce = headers[gatewayNonceHeader]
  if (typeof clientNonce !== 'string' || !gatewayNonce.test(clientNonce)) return undefined
  return { host: headers.host ?? '', clientNonce }
}
