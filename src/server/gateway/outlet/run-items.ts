/** The `chat` and `agent` events of a run, as items for the dialects that hear them (section 9). Pure. */

import { type AssistantMessage, messageText } from '../../../shared/model/message.ts'
import type { AgentPayload } from '../../../shared/protocol/agent.ts'
import type { ChatPayload } from '../../../shared/protocol/chat.ts'
import type { RunRef } from '../../bus.ts'
import type { Peer } from '../context.ts'
import { dialectOf } from './dialect.ts'
import { type Outgoing, outgoing } from './outgoing.ts'

/** Where in its life a run is when something is said of it. `ts` is wall time, milliseconds. */
export type Moment = { run: RunRef; seq: number; ts: number }

type Audience = (peer: Peer) => boolean
type AgentData = AgentPayload['data']
type ChatFields = { state: string } & Omit<Partial<ChatPayload>, 'runId' | 'sessionKey' | 'seq' | 'state'>

/** Characters of JSON around the text of a delta. */
const envelope = 300

/** The whole text so far. `agent` comes before `chat` (section 9.2). */
export function wholeTextItems(moment: Moment, dialect: 'v3' | 'v4', text: string, delta: string): Outgoing[] {
  const { runId } = moment.run
  const shared = { audience: speaks(dialect), runId, sizeHint: text.length + envelope, isRepeat: true }
  const message = { role: 'assistant', content: [{ type: 'text', text }], timestamp: moment.ts }
  const part = dialect === 'v4' ? { deltaText: delta } : {}
  return [
    outgoing({
      event: 'agent',
      payload: agentPayload(moment, 'assistant', { text, delta }),
      ...shared,
      fold: {
        key: `assistant ${dialect} ${runId}`,
        merge: (a, b) => ({ ...b, data: { ...b.data, delta: `${a.data.delta}${b.data.delta}` } }),
      },
    }),
    outgoing({
      event: 'chat',
      payload: chatPayload(moment, { state: 'delta', ...part, message }),
      ...shared,
      fold: {
        key: `chat ${dialect} ${runId}`,
        merge: (a, b) => (b.deltaText === undefined ? b : { ...b, deltaText: `${a.deltaText}${b.deltaText}` }),
      },
    }),
  ]
}

/** Only what is new, and where it starts. */
export function partItem(moment: Moment, offset: number, deltaText: string): Outgoing {
  const { runId } = moment.run
  return outgoing({
    event: 'chat',
    payload: chatPayload(moment, { state: 'delta', offset, deltaText }),
    audience: speaks('offset'),
    runId,
    sizeHint: deltaText.length + envelope,
    fold: {
      key: `chat offset ${runId}`,
      merge: (a, b) => ({ ...b, offset: a.offset ?? 0, deltaText: `${a.deltaText}${b.deltaText}` }),
    },
  })
}

/** Protocol 3 knows no such stream. */
export function thinkingItem(moment: Moment, offset: number, delta: string): Outgoing {
  const { runId } = moment.run
  return outgoing({
    event: 'agent',
    payload: agentPayload(moment, 'thinking', { delta, offset }),
    audience: speaksProtocol(4),
    runId,
    sizeHint: delta.length + envelope,
    fold: {
      key: `thinking ${runId}`,
      merge: (a, b) => ({ ...b, data: { delta: `${a.data.delta}${b.data.delta}`, offset: a.data.offset } }),
    },
  })
}

/** Protocol 3 shows tools to those who asked for detail, protocol 4 to those who declared it (section 9.2). */
export function toolItem(moment: Moment, data: AgentData, isVerbose: boolean): Outgoing {
  const { runId } = moment.run
  const item = {
    event: 'agent' as const,
    payload: agentPayload(moment, 'tool', data),
    audience: (peer: Peer) => peer.caps.has('tool-events') || (peer.protocol === 3 && isVerbose),
    runId,
  }
  if (data.phase !== 'update') return outgoing(item)
  // A running tool reports its whole output each time, so of several waiting reports the last one says it all.
  return outgoing({ ...item, fold: { key: `tool ${runId} ${String(data.toolCallId)}`, merge: (_, later) => later } })
}

export function lifecycleItem(moment: Moment, data: AgentData): Outgoing {
  return outgoing({ event: 'agent', payload: agentPayload(moment, 'lifecycle', data), runId: moment.run.runId })
}

export function chatItem(moment: Moment, fields: ChatFields, audience?: Audience): Outgoing {
  const payload = chatPayload(moment, fields)
  return outgoing({ event: 'chat', payload, runId: moment.run.runId, ...(audience && { audience }) })
}

export function speaksProtocol(protocol: Peer['protocol']): Audience {
  return (peer) => peer.protocol === protocol
}

/** The visible text, trimmed; no message at all when there is none. Thinking and tool calls stay in the history. */
export function finalMessage(message: AssistantMessage | undefined): { message?: ChatPayload['message'] } {
  const text = message ? messageText(message.content).trim() : ''
  if (!message || text === '') return {}
  const injected = message.stopReason === 'injected' ? { stopReason: 'injected' } : {}
  const content = [{ type: 'text', text }]
  return { message: { role: 'assistant', content, ...injected, timestamp: message.timestamp } }
}

function speaks(dialect: ReturnType<typeof dialectOf>): Audience {
  return (peer) => dialectOf(peer) === dialect
}

function chatPayload({ run, seq }: Moment, fields: ChatFields): ChatPayload {
  const { runId, sessionKey, agentId } = run
  return { runId, sessionKey, agentId, seq, ...fields }
}

function agentPayload({ run, seq, ts }: Moment, stream: string, data: AgentData): AgentPayload {
  const { runId, sessionKey, agentId } = run
  return { runId, stream, data, sessionKey, agentId, seq, ts }
}
