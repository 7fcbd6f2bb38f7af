/** The second engine: the system's `ssh -W` over stdio, for what ssh2 lacks. Each stream is an SSH connection of its own. */

import type { Duplex } from 'node:stream'
import { Fault } from '../../shared/fault.ts'
import type { Tunnel, TunnelContext } from '../tunnel.ts'
import { checkSystem, dialSystem, type SystemEngine, type SystemStream } from './system-stream.ts'

/** Reached the SSH server, not the gateway: the way is open, and the next dial may find the gateway there. */
const atTheGateway: ReadonlySet<string> = new Set(['ssh.gateway-down', 'ssh.forwarding-denied'])

/** The first stream is opened at once, so that what stands in the way is told now. Rejects with a `Fault`. */
export async function openSystem(
  engine: SystemEngine,
  context: TunnelContext,
): Promise<Pick<Tunnel, 'dial' | 'dialTo' | 'closed'> & AsyncDisposable> {
  const abilities = await checkSystem(engine, context)
  const end = new AbortController()
  const streams = new Set<Duplex>()
  const dial = async (signal: AbortSignal, onLayer: TunnelContext['onLayer'], gateway = engine.gateway) => {
    const around = { ...context, ...abilities, onLayer }
    const opened = await dialSystem({ ...engine, gateway }, around, AbortSignal.any([signal, end.signal]))
    streams.add(opened.stream)
    opened.stream.once('close', () => streams.delete(opened.stream))
    return opened
  }
  let first: SystemStream | Fault | undefined = await dial(context.signal, context.onLayer).catch((error: unknown) => {
    if (error instanceof Fault && atTheGateway.has(error.code)) return error
    throw error
  })
  let close = (_: undefined) => {}
  const closed = new Promise<undefined>((resolve) => {
    close = resolve
  })
  return {
    async dial(signal) {
      if (signal.aborted) throw signal.reason
      const kept = first
      first = undefined
      if (kept instanceof Fault) throw kept
      if (kept?.isAlive()) return kept.stream
      kept?.stream.destroy()
      return (await dial(signal, () => {})).stream
    },
    async dialTo(place, signal) {
      await checkSystem({ ...engine, gateway: place }, { env: context.env, signal })
      return (await dial(signal, () => {}, place)).stream
    },
    closed,
    async [Symbol.asyncDispose]() {
      end.abort()
      for (const stream of streams) stream.destroy()
      close(undefined)
    },
  }
}
