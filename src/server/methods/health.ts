/** `health` and `status`: how the gateway is (sections 7.1 and 7.2). */

import type { SessionRow } from '../../shared/protocol/sessions.ts'
import type { HandlersOf } from '../../shared/rpc/call.ts'
import { agentIdOf, sessionKind } from '../../shared/session-key.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { ChannelFacts } from '../channels/facts.ts'
import type { HandlerContext } from '../gateway/context.ts'
import type { HealthMonitor } from '../gateway/health-monitor.ts'
import type { SessionFacts } from '../gateway/server-parts.ts'

const maxRecent = 10

export function healthMethods(parts: {
  health: HealthMonitor
  sessions(): SessionFacts
  channels(): ChannelFacts
  defaultAgentId: string
  clock: Clock
}): HandlersOf<'health', HandlerContext> {
  const { health, sessions, channels, defaultAgentId, clock } = parts
  return {
    health: ({ probe }) => health.current(probe),
    status: () => {
      const { path, count, recent, defaults } = sessions()
      const rows = recent.slice(0, maxRecent).map((row) => describeSession(row, defaults, clock.now()))
      return {
        heartbeat: {
          defaultAgentId,
          agents: [{ agentId: defaultAgentId, enabled: false, every: 'disabled', everyMs: null }],
        },
        channelSummary: channels().channelSummary,
        queuedSystemEvents: [],
        sessions: {
          paths: [path],
          count,
          defaults,
          recent: rows,
          byAgent: [{ agentId: defaultAgentId, path, count, recent: rows }],
        },
      }
    },
  }
}

function describeSession(row: SessionRow, defaults: SessionFacts['defaults'], now: number) {
  const contextTokens = row.contextTokens ?? defaults.contextTokens
  const used = contextTokens && row.totalTokens !== undefined ? row.totalTokens / contextTokens : undefined
  return {
    agentId: agentIdOf(row.key),
    key: row.key,
    kind: sessionKind(row.key),
    ...(row.sessionId !== undefined && { sessionId: row.sessionId }),
    updatedAt: row.updatedAt,
    age: row.updatedAt === null ? null : Math.max(0, now - row.updatedAt),
    ...(row.thinkingLevel !== undefined && { thinkingLevel: row.thinkingLevel }),
    systemSent: row.systemSent ?? false,
    abortedLastRun: row.abortedLastRun ?? false,
    inputTokens: row.inputTokens ?? 0,
    outputTokens: row.outputTokens ?? 0,
    totalTokens: row.totalTokens ?? 0,
    remainingTokens: contextTokens ? Math.max(0, contextTokens - (row.totalTokens ?? 0)) : null,
    percentUsed: used === undefined ? null : Math.round(used * 100),
    model: row.model ?? defaults.model,
    contextTokens,
    flags: flagsOf(row),
  }
}

function flagsOf({ systemSent, thinkingLevel, verboseLevel, sessionId }: SessionRow): string[] {
  return [
    ...(systemSent ? ['system'] : []),
    ...(thinkingLevel ? [`think:${thinkingLevel}`] : []),
    ...(verboseLevel ? [`verbose:${verboseLevel}`] : []),
    ...(sessionId ? [`id:${sessionId}`] : []),
  ]
}
