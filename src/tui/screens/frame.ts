/**
 * The whole screen as rows: a pure function of the state and the moment, apart from what the transcript view remembers of
 * its layout. From top to bottom: header, conversation or panel, approval, notices, waiting messages, completions,
 * composer, status, keys.
 */

import { entriesOf } from '../commands/entries.ts'
import { type Context, type KeyId, keyOf } from '../commands/keymap.ts'
import { type Completion, completions } from '../commands/slash.ts'
import { slashCommands } from '../commands/table.ts'
import { cutRow } from '../layout/fit.ts'
import { border, danger, muted, strong, success, warning } from '../layout/items/styles.ts'
import { oneLine } from '../layout/sanitize.ts'
import { plain, type Row, type Style } from '../layout/span.ts'
import type { TranscriptView } from '../layout/transcript-view.ts'
import type { View } from '../layout/window.ts'
import { wrapText } from '../layout/wrap.ts'
import type { Notice } from '../store/action.ts'
import { mayRemember } from '../store/approvals.ts'
import { editorOf } from '../store/composer.ts'
import { askedDevice } from '../store/devices.ts'
import { isFacing } from '../store/facing.ts'
import { itemOpener } from '../store/folding.ts'
import type { Overlay } from '../store/overlay.ts'
import { gatewayPlace, isOverAll } from '../store/select.ts'
import { currentTranscript, type State } from '../store/state.ts'
import { visibleItems, waitingQuestions } from '../store/transcript.ts'
import { clockTime } from './ages.ts'
import { approvalSheet, type Sheet } from './approval-sheet.ts'
import { chordRow } from './chord-row.ts'
import { completionRows, composerRows, queueRows } from './composer-rows.ts'
import { connectionScreen } from './connection-screen.ts'
import { deviceSheet } from './device-sheet.ts'
import { devicesScreen } from './devices-screen.ts'
import { footerRow } from './footer.ts'
import { gatewayBar } from './gateway-bar.ts'
import { headerRow } from './header.ts'
import { listPanel } from './list-panel.ts'
import { ofSlices } from './of-slices.ts'
import type { Panel } from './panel-title.ts'
import { profileForm } from './profile-form.ts'
import { profilesScreen } from './profiles-screen.ts'
import { questionSheet } from './question-sheet.ts'
import { type Moment, statusRow } from './status-line.ts'
import { textPanel } from './text-panel.ts'
import { isToldByLayer, welcomeRows } from './welcome.ts'

/** Smaller than this nothing useful fits. */
const minColumns = 40
const minRows = 10

export type Frame = {
  /** The screen from top to bottom; words stream into `body`, and `status` counts time. */
  readonly above: readonly Row[]
  readonly body: readonly Row[]
  readonly below: readonly Row[]
  /** One row; none in a window that is too small. */
  readonly status: readonly Row[]
  readonly footer: readonly Row[]
  readonly cursor: { row: number; column: number } | undefined
  /** Rows of the conversation, for paging; 0 when it is covered. */
  readonly bodyRows: number
  readonly view?: View
  readonly sheet?: Sheet
  /** Last row a page to read may begin with. */
  readonly lastPage: number
}

export function composeFrame(state: State, transcriptView: TranscriptView, moment: Moment): Frame {
  const { columns, rows } = state.view
  if (columns < minColumns || rows < minRows) return tooSmall(columns, rows)
  const isLow = rows < 16
  const header = headerRow(state)
  const status = statusRow(state, moment)
  const isEmpty = editorOf(state.composer, state.sessions.key).text === ''
  const { chord } = state.view
  const footerWith = (sheet?: Sheet) =>
    chord.length > 0
      ? chordRow(chord, contextsOf(state), columns)
      : footerRow(state, contextOf(state), columns, isEmpty ? '?' : keyOf('help'), uselessFor(state, sheet))
  const above: readonly Row[] = [header, ...gatewayBar(state, isLow)]
  const room = rows - 2 - above.length
  if (isCovered(state)) return coveredFrame(state, moment, room, { above, status, footer: footerWith() })
  const rule = ruleRow(state)
  const composer = composerRows(state, Math.max(1, Math.floor(rows * (isAsked(state) ? 0.2 : 0.4)) - 1))
  // A low window has no room for a rule above a draft beside a question, and none for an empty composer.
  const isTight = isLow && isAsked(state)
  const ruleAbove = isTight ? [] : [rule]
  const composerBlock =
    isTight && hidesComposer(state, isEmpty) ? [] : [...ruleAbove, ...composer.rows, ...(isLow ? [] : [rule])]
  const sheetRoom = isLow ? room - 1 - (isTight ? composerBlock.length : 0) : Math.floor(room * 0.7)
  const question = state.asked && questionSheet(state.asked, columns, sheetRoom)
  const sheet = question ? undefined : approvalSheet(state, moment, sheetRoom)
  const device = question || sheet ? undefined : deviceSheet(state, moment, sheetRoom)
  const sheetRows = question?.rows ?? sheet?.rows ?? device ?? []
  // One row of air above what stands over the composer, and under the header, where there is room for it.
  const air: Row[] = isLow ? [] : [[]]
  const popup = popupRows(state, isLow ? 3 : 6)
  const taken = composerBlock.length + (sheetRows.length > 0 ? sheetRows.length + air.length : 2)
  const overRoom = Math.max(0, room - taken)
  const notices = noticeRows(state, popup.length === 0 ? Math.min(overRoom, noticeRoom(state)) : isLow ? 1 : 3)
  const over = [...notices, ...queueBlock(state, isLow ? 1 : 3), ...popup]
  const below = [...air, ...over.slice(0, overRoom), ...sheetRows, ...composerBlock]
  const bodyRows = Math.max(0, room - below.length)
  const body = bodyOf(state, transcriptView, bodyRows, moment.nowMs)
  const composerTop = rows - 2 - composerBlock.length + ruleAbove.length
  const isWriting = composerBlock.length > 0 && !isFacing(state)
  const cursor = question ? question.cursor : isWriting ? composer.cursor : undefined
  const cursorTop = question ? rows - 2 - composerBlock.length - sheetRows.length : composerTop
  return {
    above,
    body: body.rows,
    below: below.slice(-room),
    status: [status],
    footer: [footerWith(sheet)],
    cursor: cursor && { row: cursorTop + cursor.row, column: cursor.column },
    bodyRows,
    lastPage: 0,
    ...(body.view ? { view: body.view } : {}),
    ...(sheet ? { sheet } : {}),
  }
}

/** Where keys go now, from the bottom up: the last one is asked first. */
export function contextsOf(state: State): Context[] {
  if (state.form && state.overlay?.kind === 'profiles') return ['form']
  if (state.overlay && isOverAll(state)) return [gatewayContexts[state.overlay.kind] ?? 'list']
  if (state.asked) return [state.asked.fields.length === 0 ? 'trust' : 'answer']
  if (isFacing(state)) return ['approval']
  const isBeside = state.approvals.waiting.length > 0
  if (!isBeside && askedDevice(state.devices)) return ['device']
  if (state.overlay?.kind === 'devices') return ['devices']
  if (state.overlay) return isPage(state) ? ['text'] : state.overlay.kind === 'outbox' ? ['list', 'outbox'] : ['list']
  const isOffline = state.connection.phase === 'waiting' || state.connection.phase === 'failed'
  const offline: Context[] = isOffline ? ['offline'] : []
  const beside: Context[] = isBeside && state.connection.phase === 'live' ? ['beside'] : []
  return ['chat', ...offline, ...beside, ...(openCompletions(state).length > 0 ? ['completion' as const] : [])]
}

const contextOf = (state: State): Context => contextsOf(state).at(-1) ?? 'chat'

const isPage = ({ overlay }: State): boolean =>
  overlay !== undefined && ['help', 'status', 'security', 'nodes', 'pair', 'pairing'].includes(overlay.kind)

/** A panel covers the conversation, and a question covers that; whether a command may run waits until the panel is closed. */
function isCovered(state: State): boolean {
  if (state.overlay === undefined || isOverAll(state)) return state.overlay !== undefined
  return state.approvals.waiting.length > 0 ? !state.asked && !isFacing(state) : !isAsked(state)
}

/** Whether a question takes the place of the composer, where there is none for both. */
const hidesComposer = (state: State, isEmpty: boolean): boolean =>
  state.asked || state.approvals.waiting.length === 0 ? isAsked(state) : isEmpty && isFacing(state)

const allUseful: ReadonlySet<KeyId> = new Set<KeyId>()
const whileReading: ReadonlySet<KeyId> = new Set<KeyId>([
  ...(['approve-once', 'approve-always', 'approval-left', 'approval-right', 'approval-choose'] as const),
])
const onceRead: ReadonlySet<KeyId> = new Set<KeyId>(['approval-page-down'])
const onlyOnce: ReadonlySet<KeyId> = new Set<KeyId>(['approval-page-down', 'approve-always'])

const whereNobodyWaits: ReadonlySet<KeyId> = new Set<KeyId>(['devices-decide'])

/** Keys that would do nothing now. */
function uselessFor(state: State, sheet: Sheet | undefined): ReadonlySet<KeyId> {
  if (contextOf(state) === 'devices' && state.devices.waiting.length === 0) return whereNobodyWaits
  if (!sheet) return allUseful
  if (!sheet.hasShownAll) return whileReading
  return mayRemember(state.approvals.waiting[0]) ? onceRead : onlyOnce
}

const gatewayContexts: Partial<Record<Overlay['kind'], Context>> = {
  gateways: 'list',
  profiles: 'profiles',
  connection: 'connection',
}

/** Something waits for an answer before all else. */
const isAsked = ({ approvals, asked, devices }: State): boolean =>
  approvals.waiting.length > 0 || asked !== undefined || askedDevice(devices) !== undefined

/** What the popup offers now. */
export function openCompletions(state: State): readonly Completion[] {
  const { composer, sessions } = state
  if (composer.completion.isClosed || state.overlay || isAsked(state)) return []
  const editor = editorOf(composer, sessions.key)
  if (editor.caret !== editor.text.length || !editor.text.startsWith('/')) return []
  const list = completions(editor.text, slashCommands, state)
  const isDone = list.length === 1 && list[0]?.text === editor.text
  return isDone ? [] : list
}

/** The chosen row of the popup, going round at its ends. */
export function completionIndex(state: State, count: number): number {
  const { index } = state.composer.completion
  return count === 0 ? 0 : ((index % count) + count) % count
}

const ruleRow = ofSlices(['view'], ({ view }): Row => [plain('─'.repeat(view.columns), border)])

type Edges = { above: readonly Row[]; status: Row; footer: Row }

function coveredFrame(state: State, moment: Moment, height: number, edges: Edges): Frame {
  const overlay = state.overlay as NonNullable<State['overlay']>
  const { columns } = state.view
  const isLoading =
    overlay.kind === 'models' ? !state.models.isLoaded : overlay.kind === 'sessions' && !state.sessions.isLoaded
  const page = isPage(state) ? textPanel(overlay, columns, height) : undefined
  const panel =
    page ??
    ownPanel(state, overlay, height, moment.nowMs) ??
    listPanel(overlay, entriesOf(state), { columns, height, nowMs: moment.nowMs, isLoading })
  return {
    above: edges.above,
    body: panel.rows,
    below: [],
    status: [edges.status],
    footer: [edges.footer],
    cursor: panel.cursor && { row: panel.cursor.row + edges.above.length, column: panel.cursor.column },
    bodyRows: 0,
    lastPage: page?.last ?? 0,
  }
}

/** What is no list with a filter: the connection, devices, and profiles with the form over them, which takes the whole place. */
function ownPanel(state: State, { kind, index }: Overlay, height: number, nowMs: number): Panel | undefined {
  if (kind === 'connection') return connectionScreen(state, height)
  if (kind === 'devices') {
    const notices = noticeRows(state, noticeRoom(state))
    const { rows } = devicesScreen(state, index, height - notices.length, nowMs)
    return { rows: [...rows, ...notices] }
  }
  if (kind !== 'profiles') return undefined
  // The form keeps its place for itself unless something was just said, such as what pressing again means.
  const notices = state.form && state.notices.length === 0 ? [] : noticeRows(state, noticeRoom(state))
  if (state.form) {
    const { rows, ...form } = profileForm(state.form, state.view.columns, height - notices.length)
    return { ...form, rows: [...rows, ...notices] }
  }
  const { rows } = profilesScreen(state, index, height - notices.length, nowMs)
  return { rows: [...rows, ...notices] }
}

function bodyOf(
  state: State,
  transcriptView: TranscriptView,
  height: number,
  nowMs: number,
): { rows: Row[]; view?: View } {
  if (state.overlay?.kind === 'connection') return { rows: connectionScreen(state, height).rows }
  const transcript = currentTranscript(state)
  const items = visibleItems(transcript, state.connection.phase === 'live')
  if (items.length === 0) {
    const rows = welcomeRows(state, height).slice(0, height)
    while (rows.length < height) rows.push([])
    return { rows }
  }
  showItems(state, transcriptView)
  const notes: Row[] = []
  const { savedAt } = transcript
  if (transcript.source === 'cache' && savedAt !== undefined) {
    notes.push(note(`as of ${clockTime(savedAt, nowMs)}, not yet checked`, state.view.columns))
  }
  const { rows, view } = transcriptView.rows(state.view.anchor, Math.max(0, height - notes.length))
  if (view.rowsBelow > 0 && rows.length > 0) rows[rows.length - 1] = below(view.rowsBelow, state.view.columns)
  return { rows: [...notes, ...rows].slice(0, height), view }
}

/** Gives the view the conversation as it is now, also before it is drawn. */
export function showItems(state: State, transcriptView: TranscriptView): void {
  const items = visibleItems(currentTranscript(state), state.connection.phase === 'live')
  transcriptView.update(items, {
    width: state.view.columns,
    here: oneLine(gatewayPlace(state, items)),
    isOpen: itemOpener(state.view),
  })
}

const note = (text: string, columns: number): Row => cutRow([plain(text, muted)], columns)

const below = (count: number, columns: number): Row =>
  cutRow(
    [plain(`↓ ${count} more ${count === 1 ? 'row' : 'rows'} below`, warning), plain(' · ctrl+end', muted)],
    columns,
  )

const noticeStyles = { info: muted, success, warning, danger } as const

/** A quarter of the window: what helps stands behind what is wrong. */
const noticeRoom = ({ view }: State): number => Math.floor(view.rows / 4)

/** The newest notice; without one, why the gateway cannot be reached and what helps, or where that can be read. */
function noticeRows(state: State, maxRows: number): Row[] {
  const notice = state.notices.at(-1) ?? connectionNotice(state)
  if (!notice || maxRows === 0) return []
  const { columns } = state.view
  const lines = (text: string | undefined, style: Style): Row[] =>
    text === undefined ? [] : wrapText(oneLine(text), columns).map((line) => [plain(line, style)])
  const rows = [...lines(notice.text, noticeStyles[notice.tone]), ...lines(notice.remedy, muted)]
  if (rows.length <= maxRows) return rows
  const key = notice.id === connectionNoticeId ? ` ${keyOf('connection')}` : ''
  const last = cutRow([...(rows[maxRows - 1] ?? []), plain(' …', muted)], columns - key.length)
  return [...rows.slice(0, maxRows - 1), [...last, plain(key, strong)]]
}

const connectionNoticeId = 'connection'

function connectionNotice(state: State): Notice | undefined {
  const { connection } = state
  const { phase, fault } = connection
  if (fault === undefined || isToldByLayer(state) || (phase !== 'waiting' && phase !== 'failed')) return undefined
  const remedy = fault.remedy === undefined ? {} : { remedy: fault.remedy }
  return { id: connectionNoticeId, tone: phase === 'failed' ? 'danger' : 'warning', text: fault.message, ...remedy }
}

function queueBlock(state: State, maxRows: number): Row[] {
  const waiting = waitingQuestions(currentTranscript(state), state.connection.phase === 'live')
  return waiting.length === 0 ? [] : queueRows(waiting, state.view.columns, maxRows)
}

function popupRows(state: State, maxRows: number): Row[] {
  const list = openCompletions(state)
  return list.length === 0 ? [] : completionRows(list, completionIndex(state, list.length), state.view.columns, maxRows)
}

function tooSmall(columns: number, rows: number): Frame {
  const text = `This window is ${columns}×${rows}. Clawdbot needs ${minColumns}×${minRows}.`
  const lines = wrapText(text, Math.max(1, columns)).map((line): Row => [plain(line)])
  while (lines.length < rows) lines.push([])
  const below = lines.slice(0, Math.max(1, rows))
  return { above: [], body: [], below, status: [], footer: [], cursor: undefined, bodyRows: 0, lastPage: 0 }
}
