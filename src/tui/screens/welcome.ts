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

/** Where there is little room the blank rows go first, then what is last; no sentence ends in the middle. */
export function welcomeRows(state: State, height: number): Row[] {
  const all = allBlocks(state)
  const isTight = all.flat().length > height
  const rows: Row[] = []
  for (const block of isTight ? all.filter((block) => block !== blank) : all) {
    if (rows.length + block.length > height) break
    rows.push(...block.map((row) => cutRow(row, state.view.columns)))
  }
  return rows
}

/** Rows that are shown together or not at all. */
type Block = readonly Row[]

const blank: Block = [[]]

const paragraph = (text: string, columns: number): Block =>
  wrapText(text, Math.min(columns, 78)).map((line): Row => [plain(line, muted)])

function allBlocks(state: State): readonly Block[] {
  const { connection } = state
  if (connection.phase !== 'live' && connection.hello === undefined) return connectBlocks(state)
  if (currentTranscript(state).source !== 'gateway') return [blank, [[plain('Loading the conversation…', muted)]]]
  return isReadOnly(connection) ? readerBlocks(state.view.columns) : readyBlocks(state.view.columns)
}

/** For a device that may only read. */
function readerBlocks(columns: number): readonly Block[] {
  const rest = 'What is said at this gateway shows here as it is said. To take part, this device needs the scope write.'
  return [blank, [[plain('This device may only read here.', accentStrong)]], blank, paragraph(rest, columns)]
}

/** Why it cannot be reached stands beside the layer that broke, so it needs not be said again. */
export function isToldByLayer(state: State): boolean {
  const { connection, view } = state
  const isShown = connection.hello === undefined && visibleItems(currentTranscript(state), false).length === 0
  return isShown && view.rows >= lowRows && connection.layers.some(({ fault }) => fault !== undefined)
}

/** In a lower window one row must do for all layers. */
const lowRows = 16

function connectBlocks({ connection, view }: State): readonly Block[] {
  const { layers, url, route, transport } = connection
  const isLow = view.rows < lowRows
  const more = isLow
    ? 'Write already: it is kept, and sent when the gateway answers.'
    : 'You can write already: your message is kept and sent as soon as the gateway answers.'
  const steps = isLow ? [[waterfallRow(layers, view.columns)]] : [blank, ...each(waterfallRows(layers, view.columns))]
  const place = `${oneLine(url)} (${oneLine(route || transport)})`
  return [
    blank,
    [[plain(`Connecting to ${oneLine(connection.name)}`, accentStrong)]],
    (isLow ? [place] : wrapText(place, view.columns)).map((line): Row => [plain(line, muted)]),
    ...(layers.length === 0 ? [] : steps),
    blank,
    paragraph(more, view.columns),
  ]
}

const each = (rows: readonly Row[]): readonly Block[] => rows.map((row) => [row])

/** With fewer words for a narrow window. */
const tries: readonly [name: string, about: string, brief?: string][] = [
  ['run uptime', 'a command on the gateway; you are asked first', 'a command, asked first'],
  ['/model', 'choose a model'],
  ['/help', 'all keys and commands'],
]

function readyBlocks(columns: number): readonly Block[] {
  const nameWidth = Math.max(...tries.map(([name]) => textWidth(name))) + 3
  const keeps = `Everything said is kept on the gateway: leave with ${keyOf('interrupt')} twice and come back any time.`
  return [
    blank,
    [[plain('Your assistant is ready.', accentStrong)]],
    blank,
    [[plain('Write a message, or try:', muted)]],
    ...each(
      tries.map(([name, about, brief = about]): Row => {
        const words = 2 + nameWidth + textWidth(about) <= columns ? about : brief
        return [plain(`  ${name.padEnd(nameWidth)}`, strong), plain(words, muted)]
      }),
    ),
    blank,
    paragraph(keeps, columns),
  ]
}
