/** Looks who listens at a port of this machine, without sending any secret. */

import { createServer } from 'node:net'
import { systemClock } from '../shared/std/clock.ts'
import { deadline } from '../shared/std/signal.ts'
import { openDirect } from '../tunnel/direct.ts'
import { parseGatewayUrl } from '../tunnel/gateway-url.ts'
import type { DirectWay } from '../tunnel/way.ts'
import { localWay } from './local-port.ts'
import { openSocket } from './socket.ts'

/** Nobody, a gateway (it greets with a challenge), or some other program. */
export type Listener = 'nobody' | 'gateway' | 'stranger'

/** A gateway greets at once; who has not done so after this is a stranger. Milliseconds. */
const greetingPatienceMs = 1_500

export async function probePort(port: number, signal?: AbortSignal): Promise<Listener> {
  return await probeWay(localWay(port), signal)
}

/** The same for a gateway of this machine that listens elsewhere. */
export async function probeWay(way: DirectWay, signal?: AbortSignal): Promise<Listener> {
  const limit = deadline(greetingPatienceMs, signal)
  let stream: Awaited<ReturnType<ReturnType<typeof openDirect>['dial']>>
  try {
    stream = await openDirect(way).dial(limit)
  } catch {
    return 'nobody'
  }
  try {
    const url = parseGatewayUrl(way.url)
    const greeted = new Promise<boolean>((resolve) => {
      limit.addEventListener('abort', () => resolve(false), { once: true })
      const events = {
        onText: (text: string) => resolve(text.includes('"connect.challenge"')),
        onPong: () => {},
        onEnd: () => resolve(false),
      }
      openSocket(stream, { url, origin: url.origin, clock: systemClock }, events, limit).catch(() => resolve(false))
    })
    return (await greeted) ? 'gateway' : 'stranger'
  } finally {
    stream.destroy()
  }
}

/** True when this account can listen there now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
