/** Events of the wire → actions of the store. Pure; what it does not know it ignores. */

import type { AgentPayload } from '../../shared/protocol/agent.ts'
import type { ChatPayload } from '../../shared/protocol/chat.ts'
import type { PendingApproval } from '../../shared/protocol/exec.ts'
import type { GatewayEvent } from '../../shared/rpc/client.ts'
import { canonicalKey } from '../../shared/session-key.ts'
import { isRecord } from '../../shared/std/json.ts'
import type { Action } from '../store/action.ts'
import { partsText } from '../store/history.ts'
import type { RunNews } from '../store/transcript.ts'

/** What one event, heard `at` this time of our clock, changes on screen; undefined when nothing. */
export function actionOf(event: GatewayEvent, at: number): Action | undefined {
  switch (event.name) {
    case 'chat':
      return runAction(event.payload.sessionKey, event.payload.runId, chatNews(event.payload), at)
    case 'agent':
      return runAction(event.payload.sessionKey, event.payload.runId, agentNews(event.payload), at)
    case 'exec.approval.requested':
      return { type: 'approval.asked', approval: onOurClock(event.payload, at) }
    case 'exec.approval.resolved':
      return { type: 'approval.resolved', id: event.payload.id, decision: event.payload.decision }
    case 'device.pair.requested':
      return { type: 'device.asked', device: event.payload, at }
    case 'device.pair.resolved':
      return { type: 'device.resolved', id: event.payload.requestId }
    case 'sessions.changed':
      return { type: 'session.changed', key: canonicalKey(event.payload.key), reason: event.payload.reason }
    case 'shutdown':
      return { type: 'gateway.leaving', isRestart: event.payload.restartExpectedMs !== null }
    default:
      return undefined
  }
}

/** The gateway's clock may be wrong, or ours: what counts is how long the question stands from now. */
function onOurClock(approval: PendingApproval, at: number): PendingApproval {
  return { ...approval, createdAtMs: at, expiresAtMs: at + approval.expiresAtMs - approval.createdAtMs }
}

/** An `agent` event may lack its session; the reducer then looks the run up. */
function runAction(
  sessionKey: string | undefined,
  runId: string,
  news: RunNews | undefined,
  at: number,
): Action | undefined {
  if (news === undefined) return undefined
  return { type: 'run.news', runId, news, at, ...(sessionKey === undefined ? {} : { key: canonicalKey(sessionKey) }) }
}

/** `message`, when there is one, holds the whole text so far; else `deltaText` is a piece at `offset`. */
function chatNews(payload: ChatPayload): RunNews | undefined {
  const whole = payload.message === undefined ? undefined : textOf(payload.message)
  switch (payload.state) {
    case 'delta':
      return deltaNews(payload, whole)
    case 'final':
      return {
        type: 'ended',
        ending: payload.stopReason === 'length' ? 'cut' : 'done',
        ...(whole === undefined ? {} : { text: whole }),
      }
    case 'aborted':
      return {
        type: 'ended',
        ending: 'stopped',
        ...(whole === undefined ? {} : { text: whole }),
        ...(payload.stopReason === 'timeout' ? { problem: 'It took longer than it was allowed to.' } : {}),
      }
    case 'error':
      return {
        type: 'ended',
        ending: 'failed',
        problem: payload.errorMessage ?? 'The gateway gave no reason.',
        ...(whole === undefined ? {} : { text: whole }),
      }
    default:
      return undefined
  }
}

function deltaNews(payload: ChatPayload, whole: string | undefined): RunNews | undefined {
  const { deltaText, offset, replace = false } = payload
  if (deltaText !== undefined && offset !== undefined) return { type: 'text', text: deltaText, offset, replace }
  if (whole !== undefined) return { type: 'text', text: whole, offset: 0, replace }
  return deltaText === undefined ? undefined : { type: 'text', text: deltaText, replace }
}

function agentNews({ stream, data }: AgentPayload): RunNews | undefined {
  if (stream === 'tool') return { type: 'tool', data }
  if (stream === 'thinking' || stream === 'reasoning') return { type: 'thought', data }
  // Endings come as `chat` events too, with the text: only the beginning is news here.
  if (stream === 'lifecycle' && data.phase === 'start') return { type: 'started' }
  return undefined
}

function textOf(message: unknown): string {
  return isRecord(message) ? partsText(message.content) : ''
}
