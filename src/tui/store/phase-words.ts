/** The state of a connection in words that say what is going on and what helps. Pure. */

import type { State } from './state.ts'

/** Short, for the header and the status panel. */
export function phaseWords(connection: State['connection']): string {
  switch (connection.phase) {
    case 'idle':
      return 'not connected'
    case 'tunneling':
      return 'opening the tunnel'
    case 'dialing':
      return 'connecting'
    case 'greeting':
      return 'signing in'
    case 'live':
      return connection.isSuspect ? 'not answering' : 'connected'
    case 'waiting':
      return connection.isLeaving ? 'gateway is restarting' : 'connection lost'
    case 'failed':
      return 'cannot connect'
  }
}
