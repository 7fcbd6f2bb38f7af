/** The sessions of the gateway, and which one is open. */

import type { SessionRow } from '../../shared/protocol/sessions.ts'
import { canonicalKey } from '../../shared/session-key.ts'
import type { Action, SessionDefaults } from './action.ts'

export type Sessions = {
  /** Canonical key of the open session. */
  readonly key: string
  readonly rows: readonly SessionRow[]
  readonly defaults: SessionDefaults
  readonly isLoaded: boolean
  /** The list is to be fetched again. */
  readonly isStale: boolean
}

export const initialSessions = (key: string): Sessions => ({
  key: canonicalKey(key),
  rows: [],
  defaults: {},
  isLoaded: false,
  isStale: true,
})

export function reduceSessions(sessions: Sessions, action: Action): Sessions {
  switch (action.type) {
    case 'session.opened':
      return sessions.key === action.key ? sessions : { ...sessions, key: action.key }
    case 'sessions.loaded':
      return { ...sessions, rows: action.rows, defaults: action.defaults, isLoaded: true, isStale: false }
    case 'session.changed':
    case 'attached':
      return sessions.isStale ? sessions : { ...sessions, isStale: true }
    case 'run.news':
      // What a finished run cost, and which model answered, is in the list only.
      return action.news.type === 'ended' && !sessions.isStale ? { ...sessions, isStale: true } : sessions
    default:
      return sessions
  }
}

/** The row of the open session, once the list has it. */
export function currentRow(sessions: Sessions): SessionRow | undefined {
  return sessions.rows.find(({ key }) => key === sessions.key)
}
