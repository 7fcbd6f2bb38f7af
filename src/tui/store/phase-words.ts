/** The state of a connection in words that say what is going on and what helps. Pure. */

import type { State } from './state.ts'

/** Short, for the header and the status panel. */
export function phaseWords(connection: State['connection']): string {
  switch (connection.phase) {
    case 'resolving':
      return 'looking it up'
    case 'idle': // only before its first try: whatever is on screen is connected to
    case 'connecting':
      return 'connecting'
    case 'authenticating':
      return 'logging in'
    case 'needs-user':
      return 'waiting for your answer'
    case 'greeting':
      return 'signing in'
    case 'live':
      return connection.isSuspect ? 'not answering' : 'connected'
    case 'waiting':
      return lostWords(connection)
    case 'failed':
      return 'cannot connect'
  }
}

/** Why there is no connection, where it was announced. */
export function lostWords({ goodbye }: State['connection']): string {
  if (goodbye === undefined) return 'connection lost'
  return goodbye === 'restarting' ? 'gateway is restarting' : 'gateway has stopped'
}
