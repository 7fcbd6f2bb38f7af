/** The devices of a gateway: who waits, who is approved, and all that is known of the chosen one. Pure. */

import { askedBeyond, gravestFirst, nameOf, type Paired, rolesOf, scopesText } from '../../client/device-words.ts'
import { deviceFingerprint } from '../../shared/protocol/device-fingerprint.ts'
import { cleanName } from '../../shared/std/clean-name.ts'
import { cutRow, padRow, spread } from '../layout/fit.ts'
import { chosen, chosenMuted, danger, muted, strong, success, warning } from '../layout/items/styles.ts'
import { plain, type Row, type Span } from '../layout/span.ts'
import { type DeviceRow, deviceRows } from '../store/devices.ts'
import { may } from '../store/rights.ts'
import type { State } from '../store/state.ts'
import { age } from './ages.ts'
import { type Panel, ruledTitle } from './panel-title.ts'
import { indent, sheetFacts } from './sheet-rows.ts'

/** Exactly `height` rows: the list, and below it the chosen one as far as there is room. */
export function devicesScreen(state: State, index: number, height: number, nowMs: number): Panel {
  const { devices, view, connection } = state
  const { columns } = view
  const rows = deviceRows(devices)
  const one = rows[Math.min(index, rows.length - 1)]
  const detail = one ? detailRows(one, state, nowMs) : []
  const listRoom = Math.max(1, Math.min(rows.length, Math.max(3, height - 3 - detail.length)))
  const top = Math.max(0, Math.min(index - Math.floor(listRoom / 2), rows.length - listRoom))
  const list = rows.slice(top, top + listRoom).map((row, at) => deviceRow(row, state, top + at === index, nowMs))
  const nothing = may(connection, 'pairing')
    ? devices.isLoaded
      ? 'No device is approved, and none waits.'
      : 'Loading…'
    : 'This device may not look after others: it lacks the scope pairing.'
  const count = rows.length > listRoom ? `${index + 1} of ${rows.length}` : ''
  const all: Row[] = [
    ruledTitle('Devices', count, columns),
    ...(height < 12 ? [] : [[]]),
    ...(list.length > 0 ? list : [indent([plain(nothing, muted)])]),
    [],
    ...detail,
  ]
  while (all.length < height) all.push([])
  return { rows: all.slice(0, height).map((row) => cutRow(row, columns)) }
}

function deviceRow(row: DeviceRow, { view, connection }: State, isChosen: boolean, nowMs: number): Row {
  const quiet = isChosen ? chosenMuted : muted
  const { device } = row
  const isHere = device.deviceId === connection.deviceId
  const mark = markOf(row)
  const left: Row = [
    plain(` ${mark.text} `, isChosen ? chosen : mark.style),
    plain(nameOf(device), isChosen ? chosen : strong),
    plain(`  ${deviceFingerprint(device.deviceId)}`, quiet),
    plain(isHere ? '  this device' : '', quiet),
  ]
  const right: Row = [
    plain(
      `${row.kind === 'waiting' ? 'waits' : usedWords(row.device, isHere && connection.phase === 'live', nowMs)} `,
      quiet,
    ),
  ]
  const line = spread(left, right, view.columns, isChosen ? chosenMuted : undefined)
  return isChosen ? padRow(line, view.columns, chosenMuted) : line
}

function markOf(row: DeviceRow): Span {
  if (row.kind === 'waiting') return plain('?', warning)
  return isRevoked(row.device) ? plain('✗', danger) : plain('●', success)
}

const isRevoked = ({ tokens }: Paired): boolean =>
  tokens.length > 0 && tokens.every(({ revokedAtMs }) => revokedAtMs !== undefined)

/** The one that asks is in use, whatever the gateway has written down so far. */
function usedWords(device: Paired, isInUse: boolean, nowMs: number): string {
  if (isRevoked(device)) return 'revoked'
  if (isInUse) return 'used now'
  const used = device.tokens.map(({ lastUsedAtMs }) => lastUsedAtMs ?? 0)
  const last = Math.max(0, ...used)
  return last === 0 ? 'not used yet' : `used ${age(last, nowMs)}`
}

function detailRows(row: DeviceRow, { devices, view }: State, nowMs: number): Row[] {
  const { device } = row
  const beyond = row.kind === 'waiting' ? askedBeyond(row.device, devices.paired).join(', ') : ''
  return sheetFacts(
    [
      [row.kind === 'waiting' ? 'asks for' : 'may', scopesText(gravestFirst(device.scopes)), strong],
      ['new is', beyond === '' ? undefined : beyond, strong],
      ['as', rolesOf(device).join(', '), muted],
      ['from', cleanName(device.remoteIp), muted],
      ['on', cleanName(device.platform), muted],
      ...(row.kind === 'paired' ? [['approved', age(row.device.approvedAtMs, nowMs), muted] as const] : []),
    ],
    view.columns,
    11,
  ).map(indent)
}
