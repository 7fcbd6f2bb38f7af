/** Presence and heartbeat (section 7.3). */

import type { HandlersOf } from '../../shared/rpc/call.ts'
import type { HandlerContext } from '../gateway/context.ts'
import type { Presence } from '../gateway/presence.ts'

export function systemMethods(parts: {
  presence: Presence
  /** The list changed and everyone should hear it. */
  announcePresence(): void
}): HandlersOf<'system', HandlerContext> {
  const { presence, announcePresence } = parts
  return {
    'system-presence': () => presence.list(),
    'system-event': (params) => {
      presence.reported(params)
      announcePresence()
      return { ok: true }
    },
    // Heartbeat runs do not exist yet, so none was ever recorded.
    'last-heartbeat': () => null,
  }
}
