/** What stands where nothing was said yet: for a newcomer what to do, while connecting what is going on. Pure. */

import { keyOf } from '../commands/keymap.ts'
import { cutRow } from '../layout/fit.ts'
import { accentStrong, muted, strong } from '../layout/items/styles.ts'
import { oneLine } from '../layout/sanitize.ts'
import { plain, type Row } from '../layout/span.ts'
import { textWidth } from '../layout/width.ts'
import { wrapText } from '../layout/wrap.ts'
import { isReadOnly } from '../store/rights.ts'
import { currentTranscript, type State } from '../store/state.ts'
import { visibleItems } from '../store/transcript.ts'
import { waterfallRow, waterfallRows } from './waterfall.ts'

/** Where there is little room the blank rows go first. */
export function welcomeRows(state: State, height: number): Row[] {
  const rows = allRows(state)
  const tight = rows.length > height ? rows.filter((row) => row.length > 0) : rows
  return tight.map((row) => cutRow(row, state.view.columns))
}

function allRows(state: State): Row[] {
  const { connection } = state
  if (connection.phase !== 'live' && connection.hello === undefined) return connectRows(state)
  if (currentTranscript(state).source !== 'gateway') return [[], [plain('Loading the conversation…', muted)]]
  return isReadOnly(connection) ? readerRows(state.view.columns) : readyRows(state.view.columns)
}

/** For a device that may only read. */
function readerRows(columns: number): Row[] {
  const rest = 'What is said at this gateway shows here as it is said. To take part, this device needs the scope write.'
  return [
    [],
    [plain('This device may only read here.', accentStrong)],
    [],
    ...wrapText(rest, Math.min(columns, 78)).map((line): Row => [plain(line, muted)]),
  ]
}

/** Why it cannot be reached stands beside the layer that broke, so it needs not be said again. */
export function isToldByLayer(state: State): boolean {
  const { connection, view } = state
  const isShown = connection.hello === undefined && visibleItems(currentTranscript(state), false).length === 0
  return isShown && view.rows >= lowRows && connection.layers.some(({ fault }) => fault !== undefined)
}

/** In a lower window one row must do for all layers. */
const lowRows = 16

function connectRows({ connection, view }: State): Row[] {
  const { layers, url, route, transport } = connection
  const more = 'You can write already: your message is kept and sent as soon as the gateway answers.'
  const isLow = view.rows < lowRows
  const steps = isLow ? [waterfallRow(layers, view.columns)] : [[], ...waterfallRows(layers, view.columns)]
  const place = `${oneLine(url)} (${oneLine(route || transport)})`
  return [
    [],
    [plain(`Connecting to ${oneLine(connection.name)}`, accentStrong)],
    ...(isLow ? [place] : wrapText(place, view.columns)).map((line): Row => [plain(line, muted)]),
    ...(layers.length === 0 ? [] : steps),
    [],
    ...wrapText(more, Math.min(view.columns, 78)).map((line): Row => [plain(line, muted)]),
  ]
}

const tries: readonly [string, string][] = [
  ['run uptime', 'a command on the gateway; you are asked first'],
  ['/model', 'choose a model'],
  ['/help', 'all keys and commands'],
]

function readyRows(columns: number): Row[] {
  const nameWidth = Math.max(...tries.map(([name]) => textWidth(name))) + 3
  const keeps = `Everything said is kept on the gateway: leave with ${keyOf('interrupt')} twice and come back any time.`
  return [
    [],
    [plain('Your assistant is ready.', accentStrong)],
    [],
    [plain('Write a message, or try:', muted)],
    ...tries.map(([name, about]): Row => [plain(`  ${name.padEnd(nameWidth)}`, strong), plain(about, muted)]),
    [],
    ...wrapText(keeps, Math.min(columns, 78)).map((line): Row => [plain(line, muted)]),
  ]
}
