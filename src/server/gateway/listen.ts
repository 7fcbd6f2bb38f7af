/** The sockets the gateway listens on: HTTP and WebSocket on one port, on each given address. */

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Fault } from '../../shared/fault.ts'
import { refuseUnread } from './http/bare-answer.ts'
import { nodeHttp } from './http/node-http.ts'
import type { GatewayLog, ListenAddress, TlsPair } from './server-parts.ts'

/** Requirement IN3; Node's own defaults are one and five minutes. */
export const httpLimits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1024,
  keepAliveTimeout: 5_000,
  /** The gate refuses a request without one, with the headers every answer has. */
  requireHostHeader: false,
} as const

/** Connections the system keeps until we take them. Beyond them it drops one, and its client tries again after a second. */
const backlog = 2_048

export type Listening = AsyncDisposable & {
  /** The port all addresses share. */
  readonly port: number
  readonly addresses: readonly ListenAddress[]
  /** Lets nobody new in; answers under way are finished. Disposing ends those too. */
  stopAccepting(): void
}

/** What becomes of those who come in. */
export type Handlers = {
  /** Before anything was read, and before TLS. */
  onConnection(socket: Socket): void
  onRequest(request: IncomingMessage, response: ServerResponse): void
  onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void
}

export type ListenOptions = Handlers & {
  addresses: readonly ListenAddress[]
  /** PEM; plain HTTP and WebSocket when absent. */
  tls?: TlsPair | undefined
  log: GatewayLog
  /** In place of `httpLimits`, in milliseconds. */
  limits?: Partial<Record<'headersTimeout' | 'connectionsCheckingInterval', number>>
}

/**
 * Listens on every address. Port 0 is chosen by the system for the first and used for the others. An address this
 * machine does not have (often `::1`) is left out as long as another works. Faults: `gateway.port-taken`,
 * `gateway.bind-refused`.
 */
export async function listen(options: ListenOptions): Promise<Listening> {
  const servers: Server[] = []
  const bound: ListenAddress[] = []
  const close = async () => {
    await Promise.all(servers.map(closeServer))
  }
  try {
    for (const { host, port } of options.addresses) {
      const server = createServer(options)
      handle(server, options)
      const chosen = await bind(server, host, port || (bound[0]?.port ?? 0))
      if (chosen === 'absent') options.log.warn(`this machine has no address ${host}; not listening there`)
      else {
        servers.push(server)
        bound.push({ host, port: chosen })
      }
    }
    const [first] = bound
    if (!first) throw refused(options.addresses)
    const stopAccepting = () => {
      for (const server of servers) server.close()
    }
    return { port: first.port, addresses: bound, stopAccepting, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Whatever comes in goes to our handlers, nothing to Node's own answers. */
export function handle(server: Server, { onConnection, onRequest, onUpgrade }: Handlers): void {
  server.on('connection', onConnection).on('upgrade', onUpgrade)
  server.on('checkExpectation', onRequest).on('clientError', refuseUnread)
}

/** TLS and its limits are loaded for who wants them. */
function createServer({ tls, limits, onRequest }: ListenOptions): Server {
  const all = { ...httpLimits, ...limits }
  if (!tls) return nodeHttp().createServer(all, onRequest)
  const { key, cert } = tls
  const { createServer: createTls } = process.getBuiltinModule('node:https')
  const secure = {
    key,
    cert,
    minVersion: 'TLSv1.2',
    handshakeTimeout: all.headersTimeout,
    ALPNProtocols: ['http/1.1'],
  } as const
  return createTls({ ...all, ...secure }, onRequest)
}

/** The port bound, or `absent` for an address this machine does not have. */
function bind(server: Server, host: string, port: number): Promise<number | 'absent'> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve('absent')
      else reject(describeBindError(error, host, port))
    })
    server.listen({ host, port, backlog, ipv6Only: host.includes(':') }, () => {
      server.removeAllListeners('error')
      server.on('error', () => {}) // a connection that could not be accepted; the listener itself lives on
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function describeBindError(error: NodeJS.ErrnoException, host: string, port: number): unknown {
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  if (error.code === 'EADDRINUSE') {
    return new Fault('gateway.port-taken', `${place} is already in use, perhaps by another gateway`, {
      remedy:
        `\`clawdbot gateway status --port ${port}\` says whether it is one, and \`lsof -iTCP:${port} -sTCP:LISTEN\` which ` +
        `process; end that. Or choose another port with --port.`,
      cause: error,
      details: { host, port },
    })
  }
  if (error.code === 'EACCES') {
    return new Fault('gateway.bind-refused', `This account may not listen on ${place}`, {
      remedy: 'Choose a port above 1023 with --port.',
      cause: error,
    })
  }
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
    return new Fault('gateway.bind-refused', `${host} is no address, and no name that this machine can look up`, {
      remedy: useOwnAddress,
      cause: error,
    })
  }
  return error
}

const useOwnAddress = 'Set gateway.customBindHost to an address that `ip addr` shows, or gateway.bind to "loopback".'

function refused(addresses: readonly ListenAddress[]): Fault {
  const hosts = addresses.map(({ host }) => host).join(', ')
  return new Fault('gateway.bind-refused', `This machine has none of the addresses to listen on (${hosts})`, {
    remedy: useOwnAddress,
  })
}

/** Upgraded sockets are not the server's any more; those still speaking HTTP are cut. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
