/** Opens the first way that leads to the gateway. */

import { Fault } from '../../shared/fault.ts'
import { openTunnel } from '../../tunnel/open.ts'
import type { Tunnel, TunnelContext } from '../../tunnel/tunnel.ts'
import type { Way } from '../../tunnel/way.ts'

/**
 * Rejects with the fault of the preferred way; retryable when any way may come back. A way that makes no connection of
 * its own before something is sent is tried with one stream, so that a dead one gives way to the next.
 */
export async function openWays(ways: readonly [Way, ...Way[]], context: TunnelContext): Promise<Tunnel> {
  const faults: Fault[] = []
  for (const way of ways) {
    let tunnel: Tunnel | undefined
    try {
      tunnel = await openTunnel(way, context)
      if (tunnel.dialTo === undefined) (await tunnel.dial(context.signal)).destroy()
      return tunnel
    } catch (error) {
      await tunnel?.[Symbol.asyncDispose]()
      context.signal.throwIfAborted()
      if (!(error instanceof Fault)) throw error
      faults.push(error)
    }
  }
  const [first] = faults
  if (!first) throw new Error('a profile without ways')
  if (first.retryable || !faults.some(({ retryable }) => retryable)) throw first
  const { code, message, remedy, details } = first
  throw new Fault(code, message, {
    ...(remedy && { remedy }),
    ...(details && { details }),
    retryable: true,
    cause: first,
  })
}
