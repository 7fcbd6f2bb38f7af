/** How the gateway on screen is reached, layer by layer, and how quick it has been. Pure. */

import type { Waterfall } from '../../client/layers.ts'
import type { Fault } from '../../shared/fault.ts'
import { cutRow } from '../layout/fit.ts'
import { accent, accentStrong, danger, muted } from '../layout/items/styles.ts'
import { oneLine } from '../layout/sanitize.ts'
import { plain, type Row } from '../layout/span.ts'
import { wrapText } from '../layout/wrap.ts'
import type { Roundtrips } from '../store/fleet.ts'
import { phaseWords } from '../store/phase-words.ts'
import type { State } from '../store/state.ts'
import { type Panel, ruledTitle } from './panel-title.ts'
import { sparkline } from './sparkline.ts'
import { latencyWords } from './standing.ts'
import { waterfallRow, waterfallRows } from './waterfall.ts'

export const fiveMinutesMs = 5 * 60_000

/** Exactly `height` rows. Where there is little room the blank ones go first. */
export function connectionScreen({ connection, roundtrips, view }: State, height: number): Panel {
  const { columns } = view
  const { fault, layers, route, url } = connection
  const isTold = layers.some((layer) => layer.fault !== undefined)
  const rows: Row[] = [
    [],
    cutRow(
      [plain('  '), plain(oneLine(route || connection.transport), accentStrong), plain(`  ${oneLine(url)}`, muted)],
      columns,
    ),
    [],
    ...(layers.length === 0 ? [[plain(`  ${phaseWords(connection)}`, muted)]] : waterfallRows(layers, columns)),
    ...(fault && !isTold ? faultRows(fault.message, fault.remedy, columns) : []),
    [],
    ...roundtripRows(roundtrips, columns),
  ]
  const room = height - 1
  const tight = rows.length > room ? tightRows(rows, fault, layers, columns, room) : rows
  const all = [ruledTitle(`Connection to ${oneLine(connection.name)}`, '', columns), ...tight]
  while (all.length < height) all.push([])
  return { rows: all.slice(0, height) }
}

/** What is wrong and what helps before all else; else as many layers as there is room for. */
function tightRows(
  rows: readonly Row[],
  fault: Fault | undefined,
  layers: Waterfall,
  columns: number,
  room: number,
): Row[] {
  if (fault)
    return [[plain('  '), ...waterfallRow(layers, columns - 2)], ...faultRows(fault.message, fault.remedy, columns)]
  const filled = rows.filter((row) => row.length > 0)
  return filled.length > room ? filled.slice(1) : filled
}

const faultRows = (message: string, remedy: string | undefined, columns: number): Row[] => [
  ...wrapText(oneLine(message), columns - 4).map((line): Row => [plain('  '), plain(line, danger)]),
  ...(remedy === undefined ? [] : wrapText(oneLine(remedy), columns - 4)).map(
    (line): Row => [plain('  '), plain(line, muted)],
  ),
]

/** The usual and the slow round trip, and the last five minutes as bars. */
export function roundtripRows({ samples, p50, p95 }: Roundtrips, columns: number): Row[] {
  if (p50 === undefined || p95 === undefined) return []
  const bars = sparkline(samples, 0, fiveMinutesMs, Math.max(10, Math.min(30, columns - 48)))
  const words = `  round trip ${latencyWords(p50)}, slow ones ${latencyWords(p95)}`
  const row: Row = [plain(words), plain('  5 min ', muted), plain(bars, accent)]
  return [cutRow(row, columns)]
}
