/** A list to choose from under a filter: sessions, models, places, prompts. Pure. */

import type { Entry } from '../commands/entry.ts'
import { padRow, spread } from '../layout/fit.ts'
import { accentStrong, chosen, chosenMuted, muted, strong, success } from '../layout/items/styles.ts'
import { oneLine } from '../layout/sanitize.ts'
import { plain, type Row } from '../layout/span.ts'
import { textWidth, truncate } from '../layout/width.ts'
import type { OverlayKind } from '../store/action.ts'
import type { Overlay } from '../store/overlay.ts'
import { age } from './ages.ts'
import { type Panel, ruledTitle } from './panel-title.ts'

const titles: Readonly<Record<OverlayKind, string>> = {
  gateways: 'Gateways',
  profiles: 'Profiles',
  connection: 'Connection',
  outbox: 'Messages that wait',
  sessions: 'Sessions',
  models: 'Models',
  find: 'Find in this conversation',
  search: 'Search all conversations',
  prompts: 'Earlier prompts',
  help: 'Help',
  status: 'Status',
  security: 'Security',
  nodes: 'Nodes',
  devices: 'Devices',
  pair: 'Pairing code',
  pairing: 'People who write from chats',
}

/** Where the filter leaves nothing. */
const nothing: Readonly<Record<OverlayKind, string>> = {
  gateways: 'No gateway like that.',
  profiles: '',
  connection: '',
  outbox: 'No message like that waits.',
  sessions: 'No session like that.',
  models: 'No model like that.',
  find: 'Nothing like that was said here.',
  search: 'Nothing found yet. Enter searches.',
  prompts: 'No earlier prompt like that.',
  help: '',
  status: '',
  security: '',
  nodes: '',
  devices: '',
  pair: '',
  pairing: '',
}

/** Where there is nothing, whatever the filter. */
const nothingAtAll: Readonly<Partial<Record<OverlayKind, string>>> = {
  outbox: 'No message waits.',
  find: 'Nothing was said here yet.',
  prompts: 'No earlier prompt yet.',
}

export const panelTitle = (kind: OverlayKind, right: string, columns: number): Row =>
  ruledTitle(titles[kind], right, columns)

/** Exactly `height` rows: title, filter, list. */
export function listPanel(
  overlay: Overlay,
  entries: readonly Entry[],
  options: { columns: number; height: number; nowMs: number; isLoading: boolean },
): Panel {
  const { columns, height, nowMs, isLoading } = options
  const filter = truncateStart(overlay.filter, columns - 4)
  const room = Math.max(1, height - 3)
  const top = Math.max(0, Math.min(overlay.index - Math.floor(room / 2), entries.length - room))
  const shown = entries.slice(top, top + room)
  const rows = shown.map((entry, at) => entryRow(entry, top + at === overlay.index, columns, nowMs))
  const sentence = (overlay.filter === '' ? nothingAtAll[overlay.kind] : undefined) ?? nothing[overlay.kind]
  const empty: Row = [plain(`  ${isLoading ? 'Loading…' : sentence}`, muted)]
  const list = rows.length > 0 ? rows : [empty]
  const count = entries.length > room ? `${overlay.index + 1} of ${entries.length}` : ''
  const all: Row[] = [panelTitle(overlay.kind, count, columns), [plain('› ', accentStrong), plain(filter)], [], ...list]
  while (all.length < height) all.push([])
  return { rows: all.slice(0, height), cursor: { row: 1, column: 2 + textWidth(filter) } }
}

function truncateStart(text: string, columns: number): string {
  let shown = text
  while (textWidth(shown) > columns) shown = shown.slice(1)
  return shown
}

/** From how wide a window on the detail stands behind the title. */
const detailColumns = 60

function entryRow(entry: Entry, isChosen: boolean, columns: number, nowMs: number): Row {
  const mark = entry.mark ? `${entry.mark.text} ` : entry.isCurrent ? '● ' : '  '
  const when = entry.tail ?? (entry.at === undefined ? '' : age(entry.at, nowMs))
  const { lead, more } = wordsOf(entry, columns - textWidth(when) - 4, columns >= detailColumns)
  const left: Row = [
    plain(mark, isChosen ? chosen : (entry.mark?.style ?? success)),
    plain(lead, isChosen ? chosen : entry.isCurrent ? strong : undefined),
    plain(more === '' ? '' : `  ${more}`, isChosen ? chosenMuted : muted),
  ]
  const right: Row = when === '' ? [] : [plain(`${when} `, isChosen ? chosenMuted : muted)]
  const row = spread(left, right, columns, isChosen ? chosenMuted : undefined)
  return isChosen ? padRow(row, columns, chosenMuted) : row
}

/** The title with its detail; in a narrow window the name, where it has one, with as much of the title as fits. */
function wordsOf({ title, detail, name }: Entry, room: number, isWide: boolean): { lead: string; more: string } {
  const behind = (lead: string, more: string | undefined) => ({
    lead,
    more: more === undefined ? '' : truncate(oneLine(more), Math.max(0, room - textWidth(lead) - 2)),
  })
  if (!isWide)
    return name === undefined
      ? behind(truncate(oneLine(title), room), undefined)
      : behind(truncate(oneLine(name), room), title)
  const width = detail === undefined ? room : Math.max(20, Math.floor(room * 0.55))
  return behind(truncate(oneLine(title), width), detail)
}
