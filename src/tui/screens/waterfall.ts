/** The layers between here and a gateway as they come up: which is, how long it took, and beside the one that broke why. Pure. */

import type { LayerView, Waterfall } from '../../client/layers.ts'
import type { LayerName } from '../../tunnel/layer.ts'
import { cutRow, rowWidth } from '../layout/fit.ts'
import { accent, danger, muted, strong, success, warning } from '../layout/items/styles.ts'
import { oneLine } from '../layout/sanitize.ts'
import { plain, type Row, type Span } from '../layout/span.ts'
import { wrapText } from '../layout/wrap.ts'

export const layerNames: Readonly<Record<LayerName, string>> = {
  dns: 'DNS',
  tcp: 'TCP',
  ssh: 'SSH',
  auth: 'auth',
  gateway: 'gateway',
  live: 'live',
}

/** Columns of sign and name, and of the time behind them. */
const nameWidth = 12
const timeWidth = 10
/** Most columns of the bars, and from how wide a window on there are some. */
const barWidth = 20
const barColumns = 76

/** All on one row: `✓ DNS 3 ms › ✓ TCP 41 ms › ✗ SSH`. Short of room the times go first, then what is behind it. */
export function waterfallRow(all: Waterfall, columns: number): Row {
  const layers = withoutSkipped(all)
  const timed = join(layers.map((layer) => stepSpans(layer, true)))
  if (rowWidth(timed) <= columns) return timed
  const bare = layers.map((layer) => stepSpans(layer, false))
  if (rowWidth(join(bare)) <= columns) return join(bare)
  const at = layers.findLastIndex(({ state }) => state !== 'idle')
  return cutRow(join([[plain('…', muted)], ...bare.slice(Math.max(0, at - 1))]), columns)
}

/** What was not needed: an address asks for no name. */
function withoutSkipped(layers: Waterfall): Waterfall {
  const last = layers.findLastIndex(({ state }) => state !== 'idle')
  return layers.filter(({ state }, at) => state !== 'idle' || at > last)
}

function stepSpans(layer: LayerView, isTimed: boolean): Row {
  const time = isTimed && layer.ms !== undefined && layer.state === 'up' ? ` ${timeWords(layer.ms)}` : ''
  return [signOf(layer), plain(` ${layerNames[layer.layer]}`, styleOf(layer)), plain(time, muted)]
}

const join = (steps: readonly Row[]): Row =>
  steps.flatMap((step, at) => (at === 0 ? step : [plain(' › ', muted), ...step]))

/** A row for each, more for the one that broke. */
export function waterfallRows(all: Waterfall, columns: number): Row[] {
  const layers = withoutSkipped(all)
  const total = layers.reduce((sum, { ms }) => sum + (ms ?? 0), 0)
  let before = 0
  return layers.flatMap((layer) => {
    const rows = layerRows(layer, columns, columns >= barColumns ? bar(before, layer.ms ?? 0, total) : undefined)
    before += layer.ms ?? 0
    return rows
  })
}

function layerRows(layer: LayerView, columns: number, drawn: string | undefined): Row[] {
  const { state, ms, detail, fault } = layer
  const time = ms === undefined ? (state === 'begun' ? '…' : '') : timeWords(ms)
  const head: Row = [
    plain('  '),
    signOf(layer),
    plain(` ${layerNames[layer.layer].padEnd(nameWidth - 4)}`, styleOf(layer)),
    plain(time.padStart(timeWidth - 2), muted),
    plain(drawn === undefined ? '  ' : `  ${drawn}  `, accent),
  ]
  if (fault === undefined)
    return [cutRow([...head, plain(detail === undefined ? '' : oneLine(detail), muted)], columns)]
  // Beside it where there is room for a sentence, else below.
  const left = rowWidth(head)
  const isBeside = columns - left >= 36
  const room = isBeside ? columns - left : columns - 4
  const indent = plain(' '.repeat(isBeside ? left : 4))
  const lines = (text: string | undefined, style: typeof muted): Row[] =>
    text === undefined ? [] : wrapText(oneLine(text), Math.max(1, room)).map((line) => [plain(line, style)])
  const [first, ...rest] = [...lines(fault.message, danger), ...lines(fault.remedy, muted)]
  if (!isBeside) return [head, ...[first ?? [], ...rest].map((row) => [indent, ...row])]
  return [[...head, ...(first ?? [])], ...rest.map((row) => [indent, ...row])]
}

/** Where in the whole its time lies. */
function bar(before: number, ms: number, total: number): string {
  if (total <= 0 || ms <= 0) return ' '.repeat(barWidth)
  const from = Math.min(barWidth - 1, Math.floor((before / total) * barWidth))
  const length = Math.max(1, Math.min(barWidth - from, Math.round((ms / total) * barWidth)))
  return `${' '.repeat(from)}${'━'.repeat(length)}`.padEnd(barWidth)
}

const timeWords = (ms: number): string => (ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1000)} s`)

function signOf({ state }: LayerView): Span {
  const signs = {
    idle: plain('·', muted),
    begun: plain('◌', warning),
    up: plain('✓', success),
    failed: plain('✗', danger),
  }
  return signs[state]
}

function styleOf({ state }: LayerView) {
  if (state === 'failed') return danger
  return state === 'idle' ? muted : strong
}
