/** What happens by itself: ticks, health told anew, and pings that find silent peers. */

import { type Clock, every } from '../../shared/std/clock.ts'
import { tickIntervalMs } from './hello.ts'

/** The gateway's own health, told to everyone this often (section 3). */
const healthIntervalMs = 60_000
/** Requirement TR5. */
const pingIntervalMs = 15_000
const silenceMs = 30_000
/** How often silence is looked for. */
const sweepMs = 5_000

export type Pinged = { heardAt: number; ping(): void; cut(): void }

/** Runs until the result is called. */
export function startHeartbeat(options: {
  clock: Clock
  tick(): void
  refreshHealth(): void
  connections(): Iterable<Pinged>
}): () => void {
  const { clock } = options
  let pingedAt = clock.monotonic()
  const sweep = () => {
    const now = clock.monotonic()
    const isPingDue = now - pingedAt >= pingIntervalMs
    if (isPingDue) pingedAt = now
    for (const connection of options.connections()) {
      if (now - connection.heardAt > silenceMs) connection.cut()
      else if (isPingDue) connection.ping()
    }
  }
  const stops = [
    every(clock, tickIntervalMs, options.tick),
    every(clock, healthIntervalMs, options.refreshHealth),
    every(clock, sweepMs, sweep),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
