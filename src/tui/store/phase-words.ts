/** The state of a connection in words that say what is going on and what helps. Pure. */

import type { State } from './state.ts'

/** Short, for the header and the status panel. */
export function phaseWords(connection: State['connection']): string {
  switch (connection.phase) {
    case 'tunneling':
      return 'opening the tunnel'
    case 'idle': // only before its first try: whatever is on screen is connected to
    case 'dialing':
      return 'connecting'
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
