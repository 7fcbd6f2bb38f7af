/** The gateway server put together: listen → admission → dispatch on the way in, bus → hub → queues on the way out. */

import { Fault } from '../../shared/fault.ts'
import { Lifetime } from '../../shared/std/lifetime.ts'
import { usableSecret } from './admission/auth.ts'
import { createServeGate } from './admission/origin.ts'
import { createDoor, type Door } from './door.ts'
import { startHeartbeat } from './heartbeat.ts'
import { listen } from './listen.ts'
import { listenOnSocket } from './listen-socket.ts'
import { openServeEntrance, type ServeEntrance, type ServeEntranceOptions } from './serve-entrance.ts'
import type { GatewayParts, ListenAddress } from './server-parts.ts'
import { createState, type GatewayState } from './state.ts'

/** Longest a stopping gateway waits for calls under way (requirement OP3). */
const drainMs = 10_000

export type GatewayServer = AsyncDisposable & {
  /** 0 when only a socket file is listened on. */
  readonly port: number
  /** As people write it, such as `ws://127.0.0.1:18789`, or `unix:/home/ada/.clawdbot/gateway.sock`. */
  readonly url: string
  readonly addresses: readonly ListenAddress[]
  /** Programs connected now. */
  clients(): number
  /** Opens the listener reserved for Tailscale Serve at `https://host:port`. The caller ends it; stopping ends it too. */
  openServe(options: ServeEntranceOptions & { host: string; port: number }): Promise<ServeEntrance>
  /** The shared secret is another one now: ends what the old one opened, and tells how many that were (AU12). */
  secretChanged(): number
  /** Something that `health` tells is not as it was: everybody is told. */
  healthChanged(): void
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
  const addresses = await openPorts(parts, door, life)
  if (parts.socket !== undefined) {
    const socket = life.use(await listenOnSocket(parts.socket, door.at('socket')))
    door.onShut(() => socket.stopAccepting())
  }
  door.open(addresses)
  life.defer(beat(parts, state))
  const end = life.move()

  let stopping: Promise<void> | undefined
  const stop = (options = { restartExpectedMs: null as number | null }) => {
    door.shut()
    stopping ??= sayGoodbye(parts, state, options.restartExpectedMs).then(end)
    return stopping
  }
  signal?.addEventListener('abort', () => void stop(), { once: true })
  return {
    port: addresses[0]?.port ?? 0,
    url: urlOf(addresses[0], parts),
    addresses,
    clients: () => state.connections.size,
    async openServe(options) {
      const gate = createServeGate(options.host, options.port, parts)
      const entrance = await openServeEntrance(options, door.at('serve', gate), parts.log)
      door.onShut(() => entrance.stopAccepting())
      return entrance
    },
    secretChanged: () => state.connections.closeShared(),
    healthChanged: () => tellHealth(parts, state),
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

async function openPorts(parts: GatewayParts, door: Door, life: Lifetime): Promise<readonly ListenAddress[]> {
  if (parts.listen.length === 0 && parts.socket !== undefined) return []
  const listening = life.use(
    await listen({ addresses: parts.listen, tls: parts.tls, ...door.at('port'), log: parts.log }),
  )
  door.onShut(() => listening.stopAccepting())
  return listening.addresses
}

function urlOf(first: ListenAddress | undefined, { socket, tls }: GatewayParts): string {
  if (!first) return `unix:${socket}`
  return `${tls ? 'wss' : 'ws'}://${first.host.includes(':') ? `[${first.host}]` : first.host}:${first.port}`
}

function tellHealth({ bus }: GatewayParts, { health }: GatewayState): void {
  bus.publish({ type: 'wire', event: 'health', payload: health.current(true) })
}

function beat(parts: GatewayParts, state: GatewayState): () => void {
  const { clock, bus } = parts
  return startHeartbeat({
    clock,
    tick: () => bus.publish({ type: 'wire', event: 'tick', payload: { ts: clock.now() } }),
    refreshHealth: () => tellHealth(parts, state),
    connections: () => state.connections,
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
