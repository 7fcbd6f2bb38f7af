/**
 * A local port that is the gateway, for browsers and other clients. HTTP is understood so far as to translate `Host` and
 * `Origin`; each request travels on a stream of its own, and an upgraded one is passed on byte for byte.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream'
import type { GatewayUrl } from '../gateway-url.ts'
import { refusalOf, translateHeaders, withoutHopByHop } from './headers.ts'
import { type ListenEvents, type Listening, listenOnLoopback } from './listen.ts'
import { splice } from './splice.ts'

export type GatewayForwardOptions = ListenEvents & {
  readonly port: number
  /** Opens one stream to the gateway, and says what it answers to. A rejection becomes 502. */
  readonly dial: (signal: AbortSignal) => Promise<FarEnd>
}

export type FarEnd = { readonly stream: Duplex; readonly url: GatewayUrl }

/** Of one request's head, bytes; what the gateway itself takes. */
const maxHeaderSize = 16 * 1024

/** What a page may learn of a tunnel that is down. */
const unreachable = 'The tunnel to this gateway is not up. See: clawdbot tunnel status\n'

/** Rejects as `listenOnLoopback`. */
export async function forwardGateway(options: GatewayForwardOptions): Promise<Listening> {
  const makeServer = () => {
    const server = nodeHttp().createServer({ maxHeaderSize, noDelay: true })
    server.on('request', (request, response) => void answer(request, response, options))
    server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head, options))
    return server
  }
  return await listenOnLoopback(makeServer, options.port, options)
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { dial }: GatewayForwardOptions,
): Promise<void> {
  const refusal = refusalOf(request.rawHeaders, portOf(request))
  if (refusal) return refuse(response, refusal.status, `${refusal.reason}\n`)
  const far = await farEnd(response, dial)
  if (far === undefined) return refuse(response, 502, unreachable)
  const headers = translateHeaders(request.rawHeaders, portOf(request), far.url)
  const onward = nodeHttp().request({
    createConnection: () => far.stream as never, // typed as a TCP socket; any Duplex serves
    method: request.method ?? 'GET',
    path: pathAt(far.url, request.url ?? '/'),
    headers: [...withoutHopByHop(headers, ['expect']), 'Connection', 'close'],
  })
  onward.on('error', () => {
    far.stream.destroy()
    if (response.headersSent) response.destroy()
    else refuse(response, 502, unreachable)
  })
  onward.on('response', (reply) => {
    const framing = request.httpVersion === '1.0' ? ['transfer-encoding'] : []
    response.writeHead(
      reply.statusCode ?? 502,
      reply.statusMessage ?? '',
      withoutHopByHop(reply.rawHeaders, framing) as never, // `rawHeaders` form, which the types leave out
    )
    response.flushHeaders()
    pipeline(reply, response, () => far.stream.destroy())
  })
  response.once('close', () => far.stream.destroy())
  request.pipe(onward)
}

async function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { dial }: GatewayForwardOptions,
): Promise<void> {
  const refusal = refusalOf(request.rawHeaders, portOf(request))
  if (refusal) return refuseUpgrade(socket, refusal.status)
  const far = await farEnd(socket, dial)
  if (far === undefined) return refuseUpgrade(socket, 502)
  const headers = translateHeaders(request.rawHeaders, portOf(request), far.url)
  const lines = [`${request.method} ${pathAt(far.url, request.url ?? '/')} HTTP/1.1`]
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`)
  far.stream.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  splice(socket, far.stream)
}

/** Undefined when the far end cannot be reached; the wish ends with the local connection. */
async function farEnd(near: Duplex | ServerResponse, dial: GatewayForwardOptions['dial']): Promise<FarEnd | undefined> {
  const gone = new AbortController()
  const onClose = () => gone.abort(new Error('the local connection closed'))
  near.once('close', onClose)
  try {
    const far = await dial(gone.signal)
    far.stream.on('error', () => {}) // told by whoever uses it
    if (near.destroyed) far.stream.destroy()
    return far
  } catch {
    return undefined
  } finally {
    near.off('close', onClose)
  }
}

/** A gateway behind a path of a proxy: `/` of the forward is that path. */
function pathAt(url: GatewayUrl, path: string): string {
  const prefix = new URL(url.href).pathname
  if (prefix === '/') return path
  return path === '/' ? prefix : `${prefix.replace(/\/$/, '')}${path}`
}

function portOf({ socket }: IncomingMessage): number {
  return socket.localPort ?? 0
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    connection: 'close',
  })
  response.end(text)
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${nodeHttp().STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
  socket.once('finish', () => socket.destroy())
}

/** An import would load all of `fetch` as well. */
function nodeHttp() {
  return process.getBuiltinModule('node:http')
}
