/** Opens the first of a profile's ways that leads to the gateway: the preferred one, the next beside it when it is slow. */

import { Fault } from '../../shared/fault.ts'
import { openTunnel } from '../../tunnel/open.ts'
import type { Tunnel, TunnelContext } from '../../tunnel/tunnel.ts'
import type { Way } from '../../tunnel/way.ts'
import { type Lane, raceWays } from '../ways.ts'

/** Rejects with the fault of the preferred way; retryable when any of the ways may come back. */
export async function openWays(ways: readonly [Way, ...Way[]], context: TunnelContext): Promise<Tunnel> {
  const lane =
    (way: Way): Lane<Tunnel> =>
    (signal) =>
      openWay(way, { ...context, signal })
  const [first, ...others] = ways
  const discard = (late: Tunnel) => void late[Symbol.asyncDispose]()
  try {
    return await raceWays([lane(first), ...others.map(lane)], { ...context, discard })
  } catch (error) {
    if (!(error instanceof AggregateError)) throw error
    throw whyNone(error.errors)
  }
}

/** A way that makes no connection of its own before something is sent is tried with one stream: a dead one must not win. */
async function openWay(way: Way, context: TunnelContext): Promise<Tunnel> {
  const tunnel = await openTunnel(way, context)
  if (tunnel.dialTo) return tunnel
  try {
    ;(await tunnel.dial(context.signal)).destroy()
    return tunnel
  } catch (error) {
    await tunnel[Symbol.asyncDispose]()
    throw error
  }
}

function whyNone(errors: readonly unknown[]): unknown {
  const [first] = errors
  if (!(first instanceof Fault) || first.retryable) return first
  if (!errors.some((error) => error instanceof Fault && error.retryable)) return first
  const { code, message, remedy, details } = first
  const more = { ...(remedy && { remedy }), ...(details && { details }) }
  return new Fault(code, message, { ...more, retryable: true, cause: first })
}
