/** The top row: which gateway, how it is reached, how quick it is, and which session is open. Pure. */

import { joinFitting, spread } from '../layout/fit.ts'
import { accentStrong, danger, muted, strong, success, warning } from '../layout/items/styles.ts'
import { oneLine } from '../layout/sanitize.ts'
import { plain, type Row } from '../layout/span.ts'
import { truncate } from '../layout/width.ts'
import { phaseWords } from '../store/phase-words.ts'
import { currentRow, sessionTitle } from '../store/sessions.ts'
import type { State } from '../store/state.ts'

export function headerRow(state: State): Row {
  const { connection, sessions, view } = state
  const { columns } = view
  const title = oneLine(sessionTitle(sessions.key, currentRow(sessions)))
  const right: Row = [plain(truncate(title, Math.max(8, Math.floor(columns / 3))), strong)]
  const room = columns - Math.max(8, Math.floor(columns / 3)) - 1
  const latency = connection.latencyMs === undefined ? undefined : `${Math.max(1, Math.round(connection.latencyMs))} ms`
  const isLive = connection.phase === 'live'
  const left = joinFitting(
    [
      [plain(oneLine(connection.name), accentStrong)],
      [plain(phaseWords(connection), phaseStyle(connection))],
      isLive && latency ? [plain(latency, muted)] : undefined,
      [plain(oneLine(connection.transport), muted)],
    ],
    room,
    plain(' · ', muted),
  )
  return spread(left, right, columns)
}

function phaseStyle(connection: State['connection']) {
  if (connection.phase === 'live') return connection.isSuspect ? warning : success
  return connection.phase === 'waiting' || connection.phase === 'failed' ? danger : warning
}
