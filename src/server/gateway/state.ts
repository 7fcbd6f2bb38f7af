/** The parts of a running gateway that live as long as it does, and how they hear of each other. */

import { version } from '../../shared/build.ts'
import { Pacer } from '../../shared/std/pacer.ts'
import type { News } from '../bus.ts'
import { PairingCodes } from './admission/codes.ts'
import { FailureLimiter } from './admission/limiter.ts'
import { PasswordChecker } from './admission/password-check.ts'
import { Connections } from './connections.ts'
import { HealthMonitor } from './health-monitor.ts'
import { ChatFeed } from './outlet/chat-feed.ts'
import { Hub } from './outlet/hub.ts'
import { type OutgoingOptions, outgoing, type StateVersion } from './outlet/outgoing.ts'
import { Presence } from './presence.ts'
import type { GatewayParts } from './server-parts.ts'

/** Presence is told at most this often, however many come and go. */
const presencePaceMs = 1_000

export type GatewayState = {
  readonly startedAt: number
  readonly connections: Connections
  readonly hub: Hub
  readonly feed: ChatFeed
  readonly limiter: FailureLimiter
  readonly passwords: PasswordChecker
  readonly codes: PairingCodes
  readonly health: HealthMonitor
  readonly presence: Presence
  stateVersion(): StateVersion
  /** The list of who is here changed. */
  announcePresence(): void
  /** Takes news of the bus to those who may hear it. */
  hear(news: News): void
}

export function createState(parts: GatewayParts): GatewayState {
  const { clock, bus, sessions, channels, defaultAgentId } = parts
  const hub = new Hub(clock)
  const health = new HealthMonitor({ clock, defaultAgentId, sessions, channels })
  const presence = new Presence({ clock, hostName: parts.host.name, version })
  const feed = new ChatFeed({
    clock,
    emit: (item) => hub.broadcast(item),
    wants: (dialect) => hub.wants(dialect),
    isVerbose: parts.isVerbose,
  })
  const presencePacer = new Pacer({
    clock,
    emit: () => bus.publish({ type: 'wire', event: 'presence', payload: { presence: presence.brief() } }),
    intervalMs: () => presencePaceMs,
  })
  const stateVersion = () => ({ presence: presence.version, health: health.version })
  return {
    startedAt: clock.monotonic(),
    connections: new Connections(),
    hub,
    feed,
    limiter: new FailureLimiter(clock),
    passwords: new PasswordChecker(parts.secret),
    codes: new PairingCodes(clock),
    health,
    presence,
    stateVersion,
    announcePresence: () => presencePacer.poke(),
    hear(news) {
      if (news.type === 'wire') hub.broadcast(outgoing(wireItem(news, stateVersion)))
      else feed.hear(news)
    },
  }
}

function wireItem(news: News & { type: 'wire' }, stateVersion: () => StateVersion): OutgoingOptions<unknown> {
  const { event, payload, onlyTo } = news
  const options: OutgoingOptions<unknown> = { event, payload }
  if (onlyTo !== undefined) options.onlyTo = onlyTo
  if (event === 'presence' || event === 'health') options.stateVersion = stateVersion()
  return options
}
