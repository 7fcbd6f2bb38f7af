/** Where HTTP and WebSocket come in: one set of rules, and for each entrance its own names and its own idea of who is there. */

import type { IncomingMessage } from 'node:http'
import { describeSource, type Entrance } from './admission/local.ts'
import { createGate, createSocketGate, type Gate } from './admission/origin.ts'
import { connectionKey, WaitingRoom } from './admission/waiting-room.ts'
import { createDispatch } from './dispatch.ts'
import { serveHttp } from './http/serve.ts'
import { httpRoutes } from './http/table.ts'
import type { Handlers } from './listen.ts'
import { allHandlers } from './own-handlers.ts'
import { createReception } from './reception.ts'
import type { GatewayParts, ListenAddress } from './server-parts.ts'
import type { GatewayState } from './state.ts'
import { createUpgrader } from './upgrade.ts'

export type Door = {
  /** What a listener at that entrance is given; `ownGate` where the names are not those of a port. */
  at(entrance: Entrance, ownGate?: Gate): Handlers
  /** The port, and with it the accepted names, are known; until then nobody passes. */
  open(addresses: readonly ListenAddress[]): void
  onShut(task: () => void): void
  /** Nobody new is let in; `/ready` says so. */
  shut(): void
}

export function createDoor(parts: GatewayParts, state: GatewayState): Door {
  const { clock, log, ask, defaultAgentId, trustedProxies = [], doorbook } = parts
  const closed = createGate({ ports: [] })
  const gates: Record<Entrance, Gate> = { port: closed, socket: createSocketGate(parts), serve: closed }
  const room = new WaitingRoom()
  const onShut: (() => void)[] = []
  let isOpen = true
  const dispatch = createDispatch({ handlers: allHandlers(parts, state), log })
  const fixed = httpRoutes({ isReady: () => isOpen, ask, clock, defaultAgentId })
  const routes = () => [...fixed, ...parts.webhooks.routes()]
  const onUpgraded = createReception(parts, state, dispatch)
  return {
    at(entrance, ownGate) {
      const gate = () => ownGate ?? gates[entrance]
      const sourceOf = ({ socket, headers }: IncomingMessage) =>
        describeSource({ entrance, socketAddress: socket.remoteAddress ?? '', headers, trustedProxies })
      const { limiter, passwords } = state
      const admitted = ({ socket }: IncomingMessage) => room.leave(connectionKey(socket))
      const http = { admitted, gate, routes, passwords, limiter, clock, sourceOf, log, doorbook }
      const identify = entrance === 'serve' ? parts.identify : undefined
      return {
        onConnection: (socket) => room.enter(socket, connectionKey(socket), socket.remoteAddress ?? 'unix'),
        onRequest: (request, response) => void serveHttp(http, request, response),
        onUpgrade: createUpgrader({ gate, room, isOpen: () => isOpen, sourceOf, identify, onUpgraded }),
      }
    },
    open(addresses) {
      gates.port = createGate({ ...parts, isSecure: parts.tls !== undefined, ports: addresses.map(({ port }) => port) })
    },
    onShut: (task) => void onShut.push(task),
    shut() {
      isOpen = false
      for (const task of onShut.splice(0)) task()
    },
  }
}
