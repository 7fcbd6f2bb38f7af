/** FAKE of the conversation behind chat services: answers each message once, as the test says, and forgets nothing. */

import { type Bus, createBus } from '../../src/server/bus.ts'
import type { Conversation, Outcome, Said, SaidBy } from '../../src/server/channels/conversation.ts'
import type { SessionOrigin } from '../../src/server/channels/session-of.ts'
import type { RunRecord } from '../../src/server/sessions/record.ts'

export type EchoConversation = Conversation & {
  readonly bus: Bus
  readonly said: (Said & { by: SaidBy })[]
  readonly kept: Map<string, Uint8Array>
  /** How the next messages are answered; `echo: <text>` until told otherwise. */
  answerWith(answer: (said: Said) => string | Promise<string>): void
  /** A piece of an answer that is being written. */
  write(runId: string, text: string): void
  /** What became of a run, instead of an answer; asked for once. */
  lose(runId: string, status: RunRecord['status']): void
}

export function echoConversation(): EchoConversation {
  const bus = createBus((error) => {
    throw error
  })
  const runs = new Map<string, Promise<Outcome>>()
  const lost = new Map<string, RunRecord['status']>()
  const origins = new Map<string, SessionOrigin>()
  const said: EchoConversation['said'] = []
  const kept = new Map<string, Uint8Array>()
  let answer: (said: Said) => string | Promise<string> = ({ text }) => `echo: ${text}`
  const record = (runId: string, status: RunRecord['status']): RunRecord => ({
    ...{ runId, key: 'k', echoKey: 'k', agentId: 'main', source: 'telegram', status, startedAt: 1 },
  })
  const conversation: EchoConversation = {
    bus,
    said,
    kept,
    answerWith: (next) => (answer = next),
    write(runId, text) {
      const run = { runId, sessionKey: 'k', canonicalKey: 'k', agentId: 'main' }
      bus.publish({ type: 'run.text', run, offset: 0, text })
    },
    lose: (runId, status) => lost.set(runId, status),
    wordsOfNew: (text) => /^\/new\s+(\S.*)$/.exec(text)?.[1],
    beginAnew: async ({ sessionKey, runId }, by, signal) => {
      await conversation.say({ sessionKey, text: '/new', images: [], runId }, by, signal)
    },
    isCommand: (text) => text.startsWith('/') || text === 'stop',
    setOrigin: (key, origin) => origins.set(key, origin),
    origin: (key) => origins.get(key),
    async say(message, by) {
      if (message.text === 'stop') return { kind: 'stopped', count: 1 }
      if (!runs.has(message.runId)) {
        said.push({ ...message, by })
        const status = lost.get(message.runId)
        const whole = status ? Promise.resolve('') : Promise.resolve(message).then(answer)
        const outcome = whole.then((text) => ({ text, hasActed: false, record: record(message.runId, status ?? 'ok') }))
        runs.set(message.runId, outcome)
      }
      return { kind: 'run' }
    },
    outcome: (runId) => runs.get(runId) ?? Promise.resolve(undefined),
    async keepFile(_, name, bytes) {
      kept.set(name, bytes)
      return `inbox/${name}`
    },
  }
  return conversation
}
