/** `agent`, `agent.wait` and `agent.identity.get`: whole turns, awaited. */

import { Fault } from '../../shared/fault.ts'
import { type Message, messageText } from '../../shared/model/message.ts'
import type { ParsedParams, Result } from '../../shared/protocol/table.ts'
import type { HandlersOf } from '../../shared/rpc/call.ts'
import { agentIdOf, canonicalKey, normalizeAgentId } from '../../shared/session-key.ts'
import type { Clock } from '../../shared/std/clock.ts'
import { deadline } from '../../shared/std/signal.ts'
import type { HandlerContext } from '../gateway/context.ts'
import type { Runs } from '../runs/runs.ts'
import type { RunRecord } from '../sessions/record.ts'
import { readAttachments, userMessage } from './chat.ts'

export type AgentParts = {
  runs: Runs
  clock: Clock
  defaultAgentId(): string
  agentName(agentId: string): string | undefined
  /** Assistant messages a run left in the log, oldest first. */
  messagesOf(runId: string): Message[]
  /** The answer goes to the chat of the session too. */
  deliver(sessionKey: string, runId: string): boolean
  /** The key of the session with this id, if there is one. */
  keyOfSession(sessionId: string): string | undefined
}

export function agentMethods(parts: AgentParts): HandlersOf<'agent', HandlerContext> {
  return {
    agent: (params, context) => runTurn(parts, params, context),
    'agent.wait': async ({ runId, timeoutMs }, { signal }) => {
      const record = await parts.runs.wait(runId, deadline(timeoutMs ?? 30_000, signal))
      if (!record || record.status === 'running') return { runId, status: 'timeout' }
      return waitResult(record)
    },
    'agent.identity.get': ({ agentId, sessionKey }) => {
      const id = sessionKey
        ? agentIdOf(canonicalKey(sessionKey, parts.defaultAgentId()))
        : normalizeAgentId(agentId ?? parts.defaultAgentId())
      const name = parts.agentName(id)
      return { agentId: id, ...(name ? { name } : {}) }
    },
  }
}

async function runTurn(
  parts: AgentParts,
  params: ParsedParams<'agent'>,
  context: HandlerContext,
): Promise<Result<'agent'>> {
  const runId = params.idempotencyKey
  const sessionKey = sessionOf(parts, params)
  const started = await parts.runs.start({
    runId,
    sessionKey,
    message: userMessage(params.message, readAttachments(params.attachments ?? []), parts.clock.now()),
    source: context.peer.client.id,
    ...(params.thinking ? { thinking: params.thinking } : {}),
    ...(params.timeout ? { timeoutMs: params.timeout * 1000 } : {}),
    ...(params.extraSystemPrompt ? { extraSystemPrompt: params.extraSystemPrompt } : {}),
  })
  if (params.deliver) parts.deliver(sessionKey, runId)
  context.accept({
    runId,
    status: started.status === 'in_flight' ? 'in_flight' : 'accepted',
    acceptedAt: parts.clock.now(),
  })
  const record = await parts.runs.wait(runId, context.signal)
  if (!record) throw new Fault('client.closed', 'The connection ended before the run did; the run goes on.')
  if (record.status !== 'ok')
    throw new Fault('provider.unavailable', record.errorMessage ?? `The run was ${record.status}.`)
  const text = parts
    .messagesOf(runId)
    .map((message) => (message.role === 'assistant' ? messageText(message.content) : ''))
    .filter((part) => part !== '')
    .join('\n\n')
  return {
    runId,
    status: 'ok',
    summary: 'completed',
    result: { payloads: text === '' ? [] : [{ text, mediaUrl: null }], meta: {} },
  }
}

function sessionOf(parts: AgentParts, params: ParsedParams<'agent'>): string {
  if (params.sessionKey) return params.sessionKey
  if (params.sessionId) {
    const key = parts.keyOfSession(params.sessionId)
    if (!key) throw new Fault('usage.invalid', `No session found: ${params.sessionId}`)
    return key
  }
  return `agent:${normalizeAgentId(params.agentId ?? parts.defaultAgentId())}:main`
}

function waitResult(record: RunRecord): Result<'agent.wait'> {
  const { runId, startedAt, endedAt, errorMessage } = record
  const status = record.status === 'ok' ? 'ok' : record.status === 'timeout' ? 'timeout' : 'error'
  return {
    runId,
    status,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(errorMessage === undefined ? {} : { error: errorMessage }),
  }
}
