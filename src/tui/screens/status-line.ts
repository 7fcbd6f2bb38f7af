/** The row under the composer: what is going on, in words; and the model with its tokens. Pure. */

import { keyOf } from '../commands/keymap.ts'
import { spread } from '../layout/fit.ts'
import { accent, danger, muted, warning } from '../layout/items/styles.ts'
import { oneLine } from '../layout/sanitize.ts'
import { plain, type Row } from '../layout/span.ts'
import { textWidth } from '../layout/width.ts'
import { askedDevice } from '../store/devices.ts'
import { isFacing } from '../store/facing.ts'
import { lostWords } from '../store/phase-words.ts'
import { isReadOnly } from '../store/rights.ts'
import type { Run } from '../store/run.ts'
import { contextUse, currentModel, isOverAll } from '../store/select.ts'
import { currentTranscript, type State } from '../store/state.ts'
import { runningRun } from '../store/transcript.ts'
import { countdown, elapsed } from './ages.ts'
import { ofSlices } from './of-slices.ts'

const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'

/** Milliseconds a spinner's sign stays: eight a second. */
export const spinnerMs = 125

export type Moment = {
  /** Wall time, milliseconds since 1970. */
  readonly nowMs: number
  /** Nothing moves: no spinner, no seconds counted. */
  readonly isCalm: boolean
}

export function statusRow(state: State, moment: Moment): Row {
  const { columns } = state.view
  const left = stateRow(state, moment)
  const right = modelText(state, columns - left.reduce((sum, { text }) => sum + textWidth(text), 0) - 2)
  return spread(left, right === '' ? [] : [plain(right, muted)], columns)
}

/** As much as there is room for: model and tokens, tokens, nothing. */
const modelText = ofSlices(['sessions'], (state, room: number): string => {
  const model = currentModel(state)
  const use = contextUse(state)
  const brief = use?.match(/\((\d+%)\)/)?.[1]
  const forms = [
    [model, use],
    [model, brief],
    [model?.split('/').at(-1), brief],
    [brief ?? model?.split('/').at(-1)],
  ].map((parts) =>
    parts
      .filter((part) => part !== undefined)
      .map(oneLine)
      .join(' · '),
  )
  return forms.find((form) => textWidth(form) <= room) ?? ''
})

function stateRow(state: State, moment: Moment): Row {
  const { connection, approvals } = state
  const transcript = currentTranscript(state)
  if (state.asked) return [plain('waits for your answer', warning), ...covered(state)]
  if (connection.phase === 'waiting') return waitingRow(connection, moment)
  if (connection.phase === 'failed') {
    return [plain('cannot connect', danger), plain(` · ${keyOf('retry')} tries again`, muted)]
  }
  if (connection.phase !== 'live') return [plain(`connecting to ${oneLine(connection.name)}`, warning)]
  if (connection.isSuspect) return [plain('not answering', warning), plain(' · tries another connection', muted)]
  if (approvals.waiting.length > 0 || askedDevice(state.devices)) {
    return [plain('waits for your decision', warning), ...covered(state)]
  }
  const run = runningRun(transcript)
  if (run) return runningRow(run, moment)
  if (transcript.live.some(({ phase }) => phase === 'waiting')) return [plain('sending', accent)]
  if (transcript.source !== 'gateway') return [plain('loading the conversation', muted)]
  return [plain(isReadOnly(connection) ? 'ready, for reading only' : 'ready', muted)]
}

/** Where what is asked is, when something lies over it. */
function covered(state: State): Row {
  const isBehindPanel = state.overlay !== undefined && state.approvals.waiting.length > 0 && !isFacing(state)
  const isUnder = isOverAll(state) || (isBehindPanel && !state.asked)
  return isUnder && !state.form ? [plain(` · ${keyOf('list-close')} shows it`, muted)] : []
}

function waitingRow(connection: State['connection'], { nowMs, isCalm }: Moment): Row {
  const { retryAt, isRetrying } = connection
  const soon = retryAt === undefined || isCalm ? '' : `, next try in ${countdown(retryAt - nowMs)}`
  const next = isRetrying ? ', connecting' : soon
  return [plain(lostWords(connection), danger), plain(`${next} · ${keyOf('retry')} now`, muted)]
}

function runningRow(run: Run, { nowMs, isCalm }: Moment): Row {
  const last = run.parts.at(-1)
  const isTool = last?.kind === 'tool' && last.status === 'running'
  const words = isTool
    ? last.isAsking
      ? 'waits for your decision'
      : 'running a tool'
    : last?.kind === 'reply'
      ? 'writing'
      : 'thinking'
  const sign = isCalm ? '' : `${spinner[Math.floor(nowMs / spinnerMs) % spinner.length]} `
  const time = run.startedAt === undefined || isCalm ? '' : ` ${elapsed(nowMs - run.startedAt)}`
  return [plain(`${sign}${words}`, accent), plain(`${time} · ${keyOf('escape')} stops`, muted)]
}
