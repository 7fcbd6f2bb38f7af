/** The gateway server put together: listen → admission → dispatch on the way in, bus → hub → queues on the way out. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { Fault } from '../../shared/fault.ts'
import { Lifetime } from '../../shared/std/lifetime.ts'
import { usableSecret } from './admission/auth.ts'
import { describeSource } from './admission/local.ts'
import { createGate } from './admission/origin.ts'
import { createDispatch } from './dispatch.ts'
import { startHeartbeat } from './heartbeat.ts'
import { serveHttp } from './http/serve.ts'
import { httpRoutes } from './http/table.ts'
import { listen } from './listen.ts'
import { allHandlers } from './own-handlers.ts'
import { createReception } from './reception.ts'
import type { GatewayParts, ListenAddress } from './server-parts.ts'
import { createState, type GatewayState } from './state.ts'
import { createUpgrader } from './upgrade.ts'

/** Longest a stopping gateway waits for calls under way (requirement OP3). */
const drainMs = 10_000

export type GatewayServer = AsyncDisposable & {
  readonly port: number
  /** As people write it, such as `ws://127.0.0.1:18789`. */
  readonly url: string
  readonly addresses: readonly ListenAddress[]
  /** Programs connected now. */
  clients(): number
  /** Says goodbye, lets calls finish for up to 10 s, closes with 1012. `restartExpectedMs` is null when it will not come back. */
  stop(options?: { restartExpectedMs: number | null }): Promise<void>
}

/** Faults: `gateway.bind-refused` without a usable secret, and those of `listen`. Ends with `signal`. */
export async function startGatewayServer(parts: GatewayParts, signal?: AbortSignal): Promise<GatewayServer> {
  requireSecret(parts)
  await using life = new Lifetime()
  const state = createState(parts)
  life.defer(parts.bus.subscribe(state.hear))
  const door = createDoor(parts, state)
  const { onRequest, onUpgrade } = door
  const listening = life.use(await listen({ addresses: parts.listen, onRequest, onUpgrade, log: parts.log }))
  door.open(listening.addresses)
  life.defer(beat(parts, state))
  const end = life.move()

  let stopping: Promise<void> | undefined
  const stop = (options = { restartExpectedMs: null as number | null }) => {
    door.shut()
    listening.stopAccepting()
    stopping ??= sayGoodbye(parts, state, options.restartExpectedMs).then(end)
    return stopping
  }
  signal?.addEventListener('abort', () => void stop(), { once: true })
  const [first = { host: '127.0.0.1', port: listening.port }] = listening.addresses
  return {
    port: listening.port,
    url: `ws://${first.host.includes(':') ? `[${first.host}]` : first.host}:${first.port}`,
    addresses: listening.addresses,
    clients: () => state.connections.size,
    stop,
    [Symbol.asyncDispose]: () => stop(),
  }
}

/** Fails closed: a gateway nobody could log in to, or anybody, never listens (requirement TR2). */
function requireSecret({ secret }: GatewayParts): void {
  const shared = secret()
  if (shared && usableSecret(shared.secret.reveal())) return
  throw new Fault('gateway.bind-refused', 'The gateway has no token or password, so it does not start', {
    remedy: 'Set gateway.auth.token, or CLAWDBOT_GATEWAY_TOKEN, to a long random value.',
  })
}

/** Where HTTP and WebSocket come in. Closed until the port, and with it the accepted names, are known. */
function createDoor(parts: GatewayParts, state: GatewayState) {
  const { clock, log, secret, ask, defaultAgentId, trustedProxies = [], doorbook } = parts
  let gate = createGate({ ports: [] })
  let isOpen = true
  const sourceOf = ({ socket, headers }: IncomingMessage) =>
    describeSource({ socketAddress: socket.remoteAddress ?? '', headers, trustedProxies })
  const dispatch = createDispatch({ handlers: allHandlers(parts, state), log })
  const routes = httpRoutes({ isReady: () => isOpen, ask, clock, defaultAgentId })
  const http = { gate: () => gate, routes, secret, limiter: state.limiter, clock, sourceOf, log, doorbook }
  const onUpgraded = createReception(parts, state, dispatch)
  return {
    onRequest: (request: IncomingMessage, response: ServerResponse) => void serveHttp(http, request, response),
    onUpgrade: createUpgrader({ gate: () => gate, isOpen: () => isOpen, sourceOf, onUpgraded }),
    open(addresses: readonly ListenAddress[]): void {
      const { allowedHosts = [], allowedOrigins = [] } = parts
      gate = createGate({ ports: addresses.map(({ port }) => port), allowedHosts, allowedOrigins })
    },
    /** Nobody new is let in; `/ready` says so. */
    shut(): void {
      isOpen = false
    },
  }
}

function beat({ clock, bus }: GatewayParts, { health, connections }: GatewayState): () => void {
  return startHeartbeat({
    clock,
    tick: () => bus.publish({ type: 'wire', event: 'tick', payload: { ts: clock.now() } }),
    refreshHealth: () => bus.publish({ type: 'wire', event: 'health', payload: health.current(true) }),
    connections: () => connections,
  })
}

async function sayGoodbye(
  { bus, clock }: GatewayParts,
  { connections }: GatewayState,
  restartExpectedMs: number | null,
): Promise<void> {
  const reason = restartExpectedMs === null ? 'gateway stopping' : 'gateway restarting'
  bus.publish({ type: 'wire', event: 'shutdown', payload: { reason, restartExpectedMs } })
  await connections.drain(clock, drainMs)
  await connections.closeAll(1012, 'service restart')
}
