/** The top row: which gateway, how it is reached, how quick it is, and which session is open. Pure. */

import { sessionTitle } from '../../client/session-words.ts'
import { joinFitting, rowWidth, spread } from '../layout/fit.ts'
import { accentStrong, danger, muted, strong, success, warning } from '../layout/items/styles.ts'
import { oneLine } from '../layout/sanitize.ts'
import { plain, type Row } from '../layout/span.ts'
import { textWidth, truncate } from '../layout/width.ts'
import { phaseWords } from '../store/phase-words.ts'
import { isReadOnly } from '../store/rights.ts'
import { currentRow } from '../store/sessions.ts'
import type { State } from '../store/state.ts'
import { ofSlices } from './of-slices.ts'
import { latencyWords } from './standing.ts'

export const headerRow = ofSlices(['connection', 'sessions', 'view'], ({ connection, sessions, view }): Row => {
  const { columns } = view
  const title = oneLine(sessionTitle(sessions.key, currentRow(sessions)))
  const right: Row = [plain(truncate(title, Math.max(8, Math.floor(columns / 3))), strong)]
  const room = columns - Math.max(8, Math.floor(columns / 3)) - 1
  const isLive = connection.phase === 'live'
  const latency = isLive && connection.latencyMs !== undefined ? latencyWords(connection.latencyMs) : ''
  const route = oneLine(connection.route || connection.transport)
  const facts = joinFitting(
    [
      [plain(oneLine(connection.name), accentStrong)],
      [plain(phaseWords(connection), phaseStyle(connection))],
      isLive && isReadOnly(connection) ? [plain('read only', warning)] : undefined,
    ],
    room,
    plain(' · ', muted),
  )
  // `ssh2 › jump › vps 41 ms`; where that is too long, how quick it is says more than the way there.
  const ways = [`${route} ${latency}`.trim(), latency].filter((text) => text !== '')
  const way = ways.find((text) => rowWidth(facts) + textWidth(text) + 3 <= room)
  const left = way === undefined ? facts : [...facts, plain(' · ', muted), plain(way, muted)]
  return spread(left, right, columns)
})

function phaseStyle(connection: State['connection']) {
  if (connection.phase === 'live') return connection.isSuspect ? warning : success
  return connection.phase === 'waiting' || connection.phase === 'failed' ? danger : warning
}
