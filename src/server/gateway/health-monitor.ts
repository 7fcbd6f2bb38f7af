/** The gateway's own account of its health: made from facts on demand, kept for a while, told to everyone (section 7.1). */

import type { HealthResult } from '../../shared/protocol/health.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { ChannelFacts } from '../channels/facts.ts'
import { keepEncoded } from './encoded.ts'
import type { SessionFacts } from './server-parts.ts'

/** A result this fresh is given out again. */
const freshMs = 1_000
const maxRecent = 5

type HealthParts = { clock: Clock; defaultAgentId: string; sessions(): SessionFacts; channels(): ChannelFacts }

export class HealthMonitor {
  readonly #options: HealthParts
  #current: HealthResult | undefined
  #takenAt = 0
  /** Grows with each refresh; travels as `stateVersion.health`. */
  version = 0

  constructor(options: HealthParts) {
    this.#options = options
  }

  /** The latest result, taken anew when it is older than a second or `force` asks for it. */
  current(force = false): HealthResult {
    const { clock } = this.#options
    if (!this.#current || force || clock.monotonic() - this.#takenAt > freshMs) {
      this.#current = keepEncoded(this.#take())
      this.#takenAt = clock.monotonic()
      this.version++
    }
    return this.#current
  }

  #take(): HealthResult {
    const { clock, defaultAgentId } = this.#options
    const startedAt = clock.monotonic()
    const { path, count, recent } = this.#options.sessions()
    const { channels, channelOrder, channelLabels } = this.#options.channels()
    const now = clock.now()
    const rows = recent.slice(0, maxRecent).map(({ key, updatedAt }) => ({
      key,
      updatedAt,
      age: updatedAt === null ? null : Math.max(0, now - updatedAt),
    }))
    const sessions = { path, count, recent: rows }
    // Heartbeat runs do not exist yet; clients read these fields without checking, so they say "disabled".
    const heartbeat = { enabled: false, every: 'disabled', everyMs: null, prompt: '', target: 'none', ackMaxChars: 0 }
    return {
      ok: true,
      ts: now,
      durationMs: Math.round(clock.monotonic() - startedAt),
      channels,
      channelOrder,
      channelLabels,
      heartbeatSeconds: 0,
      defaultAgentId,
      agents: [{ agentId: defaultAgentId, isDefault: true, heartbeat, sessions }],
      sessions,
    }
  }
}
