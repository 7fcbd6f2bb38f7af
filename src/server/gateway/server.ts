/** The gateway server put together: listen → admission → dispatch on the way in, bus → hub → queues on the way out. */

import type { IncomingMessage } from 'node:http'
import { version } from '../../shared/build.ts'
import { Fault } from '../../shared/fault.ts'
import { Lifetime } from '../../shared/std/lifetime.ts'
import { Pacer } from '../../shared/std/pacer.ts'
import type { News } from '../bus.ts'
import { channelsMethods } from '../methods/channels.ts'
import { commandsMethods } from '../methods/commands.ts'
import { devicesMethods } from '../methods/devices.ts'
import { healthMethods } from '../methods/health.ts'
import { nodesMethods } from '../methods/nodes.ts'
import { reattachMethods } from '../methods/reattach.ts'
import { systemMethods } from '../methods/system.ts'
import { type Handlers, mergeHandlers } from '../methods/table.ts'
import { usableSecret } from './admission/auth.ts'
import { judgeFirstMessage, type Verdict } from './admission/handshake.ts'
import { FailureLimiter } from './admission/limiter.ts'
import { describeSource, type Source } from './admission/local.ts'
import { createGate } from './admission/origin.ts'
import { Connections } from './connections.ts'
import { createDispatch } from './dispatch.ts'
import { HealthMonitor } from './health-monitor.ts'
import { startHeartbeat } from './heartbeat.ts'
import { describeHello } from './hello.ts'
import { serveHttp } from './http/serve.ts'
import { httpRoutes } from './http/table.ts'
import { listen } from './listen.ts'
import { ChatFeed } from './outlet/chat-feed.ts'
import { Hub } from './outlet/hub.ts'
import { type OutgoingOptions, outgoing } from './outlet/outgoing.ts'
import { Connection } from './peer.ts'
import { Presence } from './presence.ts'
import type { GatewayParts, ListenAddress } from './server-parts.ts'
import { createUpgrader, type Upgraded } from './upgrade.ts'

/** Longest a stopping gateway waits for calls under way (requirement OP3). */
const drainMs = 10_000
/** Presence is told at most this often, however many come and go. */
const presencePaceMs = 1_000

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
  const core = createCore(parts)
  life.defer(parts.bus.subscribe(core.hear))
  const listening = life.use(
    await listen({ addresses: parts.listen, onRequest: core.onRequest, onUpgrade: core.onUpgrade, log: parts.log }),
  )
  core.opened(listening.addresses)
  life.defer(core.startHeartbeat())
  const end = life.move()

  let stopping: Promise<void> | undefined
  const stop = (options = { restartExpectedMs: null as number | null }) => {
    stopping ??= core.sayGoodbye(options.restartExpectedMs, listening.stopAccepting).then(end)
    return stopping
  }
  signal?.addEventListener('abort', () => void stop(), { once: true })
  const [first = { host: '127.0.0.1', port: listening.port }] = listening.addresses
  return {
    port: listening.port,
    url: `ws://${first.host.includes(':') ? `[${first.host}]` : first.host}:${first.port}`,
    addresses: listening.addresses,
    clients: core.clients,
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

function createCore(parts: GatewayParts) {
  const { clock, bus, log, devices, defaultAgentId } = parts
  const startedAt = clock.monotonic()
  const connections = new Connections()
  const hub = new Hub(clock)
  const limiter = new FailureLimiter(clock)
  const health = new HealthMonitor({ clock, defaultAgentId, sessions: parts.sessions })
  const presence = new Presence({ clock, hostName: parts.host.name, version })
  const feed = new ChatFeed({
    clock,
    emit: (item) => hub.broadcast(item),
    wants: (dialect) => hub.wants(dialect),
    isVerbose: parts.isVerbose,
  })
  let gate = createGate({ ports: [] })
  let isOpen = true

  const stateVersion = () => ({ presence: presence.version, health: health.version })
  const presencePacer = new Pacer({
    clock,
    emit: () => bus.publish({ type: 'wire', event: 'presence', payload: { presence: presence.brief() } }),
    intervalMs: () => presencePaceMs,
  })
  const announcePresence = () => presencePacer.poke()
  const handlers = allHandlers()
  const dispatch = createDispatch({ handlers, log })
  const sourceOf = (request: IncomingMessage): Source =>
    describeSource({
      socketAddress: request.socket.remoteAddress ?? '',
      headers: request.headers,
      trustedProxies: parts.trustedProxies ?? [],
    })

  function allHandlers(): Handlers {
    return mergeHandlers({
      ...parts.handlers,
      health: healthMethods({ health, sessions: parts.sessions, defaultAgentId, clock }),
      system: systemMethods({ presence, announcePresence }),
      devices: devicesMethods({
        devices,
        bus,
        clock,
        closeDevice: (deviceId, role) => connections.closeDevice(deviceId, role),
      }),
      commands: commandsMethods(),
      reattach: reattachMethods({ hub, feed }),
      nodes: nodesMethods({ clock }),
      channels: channelsMethods({ clock }),
    })
  }

  /** Everything of the bus that the wire tells. */
  function hear(news: News): void {
    if (news.type !== 'wire') {
      feed.hear(news)
      return
    }
    const { event, payload, onlyTo } = news
    const hasVersion = event === 'presence' || event === 'health'
    const options: OutgoingOptions<unknown> = { event, payload }
    if (onlyTo !== undefined) options.onlyTo = onlyTo
    if (hasVersion) options.stateVersion = stateVersion()
    hub.broadcast(outgoing(options))
  }

  function welcome(connection: Connection, verdict: Verdict & { kind: 'accepted' }): unknown {
    const { peer, deviceToken, news } = verdict
    for (const each of news) bus.publish({ type: 'wire', ...each })
    presence.joined(peer)
    log.info('connected', { connId: peer.connId, client: peer.client.id, from: connection.source.address })
    return describeHello({ peer, deviceToken, presence, health, uptimeMs: clock.monotonic() - startedAt, parts })
  }

  function onLive(connection: Connection): void {
    hub.join(connection)
    if (presence.has(connection.connId)) announcePresence()
    // One that can reattach has the state in its hello and waits for what it asks.
    if (connection.peer.caps.has('reattach')) return
    connection.push(outgoing({ event: 'health', payload: health.current(), stateVersion: stateVersion() }))
  }

  function onClosed(connection: Connection): void {
    connections.remove(connection.connId)
    hub.leave(connection.connId)
    if (presence.left(connection.connId)) announcePresence()
  }

  function onRefused({ answer, close, news }: Verdict & { kind: 'refused' }, source: Source): void {
    for (const each of news) bus.publish({ type: 'wire', ...each })
    log.warn('refused a connection', { from: source.address, reason: answer?.error.message ?? close.reason })
  }

  function onUpgraded({ socket, stream, source, releaseBudget }: Upgraded): void {
    const connection = new Connection(socket, stream, source, {
      clock,
      dispatch,
      judge: (text, facts) => judgeFirstMessage(text, facts, { secret: parts.secret(), devices, limiter }),
      welcome,
      onLive: (live) => {
        releaseBudget()
        onLive(live)
      },
      onRefused,
      onClosed,
      onSequenced: (connId, position) => hub.sequenced(connId, position),
    })
    connections.add(connection)
  }

  const httpParts = {
    gate: () => gate,
    routes: httpRoutes({ isReady: () => isOpen, ask: parts.ask, clock, defaultAgentId }),
    secret: parts.secret,
    limiter,
    sourceOf,
    log,
  }
  return {
    hear,
    clients: () => connections.size,
    onRequest: (request: IncomingMessage, response: Parameters<typeof serveHttp>[2]) =>
      void serveHttp(httpParts, request, response),
    onUpgrade: createUpgrader({ gate: () => gate, isOpen: () => isOpen, sourceOf, onUpgraded }),
    opened(addresses: readonly ListenAddress[]): void {
      const ports = [...new Set(addresses.map(({ port }) => port))]
      const { allowedHosts = [], allowedOrigins = [] } = parts
      gate = createGate({ ports, allowedHosts, allowedOrigins })
    },
    startHeartbeat: () =>
      startHeartbeat({
        clock,
        tick: () => bus.publish({ type: 'wire', event: 'tick', payload: { ts: clock.now() } }),
        refreshHealth: () => bus.publish({ type: 'wire', event: 'health', payload: health.current(true) }),
        connections: () => connections,
      }),
    async sayGoodbye(restartExpectedMs: number | null, stopAccepting: () => void): Promise<void> {
      isOpen = false
      stopAccepting()
      const reason = restartExpectedMs === null ? 'gateway stopping' : 'gateway restarting'
      bus.publish({ type: 'wire', event: 'shutdown', payload: { reason, restartExpectedMs } })
      await connections.drain(clock, drainMs)
      presencePacer.stop()
      connections.closeAll(1012, 'service restart')
    },
  }
}
