/** Puts a message of the gateway's own into a conversation, and tells everybody (`chat.inject`, section 7.5). */

import { Fault } from '../../shared/fault.ts'
import type { AssistantMessage } from '../../shared/model/message.ts'
import { agentIdOf } from '../../shared/session-key.ts'
import type { Clock } from '../../shared/std/clock.ts'
import type { Bus } from '../bus.ts'
import type { Sessions } from '../sessions/sessions.ts'

export type InjectParts = { sessions: Sessions; bus: Bus; clock: Clock }
export type Injection = { sessionKey: string; message: string; label?: string | undefined }

/** Returns the message's id. Throws `usage.invalid` for a session that does not exist. */
export function injectMessage(
  { sessions, bus, clock }: InjectParts,
  { sessionKey, message, label }: Injection,
): string {
  const canonicalKey = sessions.canonicalKey(sessionKey)
  if (!sessions.find(canonicalKey)) throw new Fault('usage.invalid', 'session not found')
  const at = clock.now()
  const text = label === undefined ? message : `[${label}]\n\n${message}`
  const injected: AssistantMessage = {
    role: 'assistant',
    content: [{ type: 'text', text }],
    stopReason: 'injected',
    timestamp: at,
  }
  const messageId = String(sessions.inject(canonicalKey, injected).id)
  const run = { runId: `inject-${messageId}`, sessionKey, canonicalKey, agentId: agentIdOf(canonicalKey) }
  bus.publish({
    type: 'run.ended',
    run,
    state: 'final',
    stopReason: 'injected',
    message: injected,
    startedAt: at,
    endedAt: at,
  })
  return messageId
}
