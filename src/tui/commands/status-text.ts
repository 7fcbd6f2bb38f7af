/** What `/status` says, one fact a line, its name before a tab: what the screen knows, and what the gateway adds. Pure. */

import { sessionTitle } from '../../client/session-words.ts'
import type { Result } from '../../shared/protocol/table.ts'
import { phaseWords } from '../store/phase-words.ts'
import { contextUse, currentModel } from '../store/select.ts'
import { currentRow } from '../store/sessions.ts'
import type { State } from '../store/state.ts'

export function statusText(state: State, status?: Result<'status'>): string {
  const { connection, sessions } = state
  const server = connection.hello?.server
  const facts: [string, string | undefined][] = [
    ['Gateway', `${connection.name}, ${connection.url}`],
    ['State', phaseWords(connection)],
    ['Route', connection.route || connection.transport],
    ['Round trip', connection.latencyMs === undefined ? undefined : `${Math.round(connection.latencyMs)} ms`],
    ['Version', server && `${server.version}, protocol ${connection.hello?.protocol}`],
    ['Session', `${sessionTitle(sessions.key, currentRow(sessions))} (${sessions.key})`],
    ['Model', currentModel(state) ?? 'the gateway has not said'],
    ['Context', contextUse(state)],
    ['Sessions', status && String(status.sessions.count)],
    ['Channels', status && (status.channelSummary.join(', ') || 'none')],
  ]
  const known = facts.filter((fact): fact is [string, string] => fact[1] !== undefined)
  return known.map(([name, value]) => `${name}\t${value}`).join('\n')
}
