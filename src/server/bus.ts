/** In-process publish/subscribe: one timeline for the whole gateway. Whoever publishes never meets a socket. */

import type { AssistantMessage, Usage } from '../shared/model/message.ts'
import type { AgentPayload } from '../shared/protocol/agent.ts'
import type { EventName, Payload } from '../shared/protocol/table.ts'

/** The parts of a run that every piece of its news repeats. `sessionKey` is verbatim as the caller wrote it (trap 6). */
export type RunRef = { runId: string; sessionKey: string; canonicalKey: string; agentId: string }

export type RunNews =
  | { type: 'run.queued'; run: RunRef }
  | { type: 'run.started'; run: RunRef; startedAt: number }
  /** `offset` is the length in UTF-16 units of the reply's text before `text`. */
  | { type: 'run.text'; run: RunRef; offset: number; text: string }
  | { type: 'run.thinking'; run: RunRef; offset: number; text: string }
  /** `data` is the wire's tool data: phase start, update or result (section 9.2). */
  | { type: 'run.tool'; run: RunRef; data: AgentPayload['data'] }
  | {
      type: 'run.ended'
      run: RunRef
      state: 'final' | 'aborted' | 'error'
      /** Absent when the run produced no text. */
      message?: AssistantMessage
      errorMessage?: string
      /** `stop`, `length` …; for aborts `rpc`, `stop` or `timeout`; `injected` for replies no model wrote. */
      stopReason?: string
      usage?: Usage
      startedAt: number
      endedAt: number
    }

/** An event of the wire other than `chat` and `agent`, which are made from run news. */
export type WireNews = {
  [E in Exclude<EventName, 'chat' | 'agent' | 'connect.challenge'>]: {
    type: 'wire'
    event: E
    payload: Payload<E>
    /** Delivered to this connection alone, without seq. */
    onlyTo?: string
  }
}[Exclude<EventName, 'chat' | 'agent' | 'connect.challenge'>]

export type News = RunNews | WireNews

export type Bus = {
  publish(news: News): void
  /** Hears everything published from now on, in order; the result unsubscribes. */
  subscribe(listener: (news: News) => void): () => void
}

/** A listener that throws is reported through `onError` and never keeps the others from hearing. */
export function createBus(onError: (error: unknown) => void): Bus {
  const listeners = new Set<(news: News) => void>()
  return {
    publish(news) {
      for (const listener of listeners) {
        try {
          listener(news)
        } catch (error) {
          onError(error)
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
