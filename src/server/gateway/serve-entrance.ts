/**
 * The listener reserved for Tailscale Serve: what it says in headers is believed here and nowhere else, so nobody else
 * may come in (TS4). A socket file that only this account and root can open; or, where Tailscale cannot use one, a port of
 * loopback with a path that cannot be guessed, and on Linux only for the account the daemon runs as.
 */

import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { sameSecret } from './admission/auth.ts'
import { isFunnel } from './admission/local.ts'
import { peerUid } from './admission/peer-uid.ts'
import { type Handlers, listen } from './listen.ts'
import { listenOnSocket } from './listen-socket.ts'
import type { GatewayLog } from './server-parts.ts'

export type ServeEntrance = AsyncDisposable & {
  /** What Serve has to lead to. */
  readonly target: string
  stopAccepting(): void
}

export type ServeEntranceOptions = {
  /** Undefined: a port of loopback. */
  readonly socketPath: string | undefined
  /** Accounts the daemon may run as; checked where the system tells whose a connection is. */
  readonly daemonUids: readonly number[]
  /** False: what comes from the internet is refused, whoever turned Funnel on. */
  readonly isPublic: boolean
}

export async function openServeEntrance(
  { socketPath, daemonUids, isPublic }: ServeEntranceOptions,
  handlers: Handlers,
  log: GatewayLog,
): Promise<ServeEntrance> {
  const check = (request: IncomingMessage) => isPublic || !isFunnel(request.headers)
  if (socketPath !== undefined) {
    const socket = await listenOnSocket(socketPath, guarded(handlers, check))
    return { ...socket, target: `unix:${socketPath}` }
  }
  const prefix = `/${randomBytes(32).toString('base64url')}`
  const known = new WeakSet<object>()
  const isDaemon = ({ socket }: IncomingMessage) => {
    if (known.has(socket)) return true
    const uid = peerUid(socket)
    if (uid !== undefined && !daemonUids.includes(uid)) return false
    known.add(socket)
    return true
  }
  const admit = (request: IncomingMessage) => stripPrefix(request, prefix) && isDaemon(request) && check(request)
  const addresses = [{ host: '127.0.0.1', port: 0 }]
  const listening = await listen({ addresses, ...guarded(handlers, admit), log })
  return { ...listening, target: `http://127.0.0.1:${listening.port}${prefix}` }
}

/** Takes the secret part of the path away; false when it is not there. */
function stripPrefix(request: IncomingMessage, prefix: string): boolean {
  const url = request.url ?? ''
  if (!sameSecret(url.slice(0, prefix.length), prefix) || !/^([/?].*)?$/.test(url.slice(prefix.length))) return false
  const rest = url.slice(prefix.length)
  request.url = rest.startsWith('/') ? rest : `/${rest}`
  return true
}

/** Who is not admitted learns nothing, not even that a gateway is here. */
function guarded(handlers: Handlers, admit: (request: IncomingMessage) => boolean): Handlers {
  const { onConnection, onRequest, onUpgrade } = handlers
  return {
    onConnection,
    onRequest(request: IncomingMessage, response: ServerResponse) {
      if (admit(request)) return onRequest(request, response)
      response.writeHead(404, { connection: 'close', 'content-length': '0' }).end()
    },
    onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer) {
      if (admit(request)) return onUpgrade(request, stream, head)
      stream.on('error', () => {}) // reset by the peer; 'close' follows
      stream.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    },
  }
}
