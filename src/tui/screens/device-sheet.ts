/**
 * The question whether a new device may come in (PA8): its fingerprint first, since that is what one compares; where it
 * comes from, what it asks, and what of that it does not hold already. Names are cleaned before they are shown. Pure.
 */

import { askedBeyond, gravestFirst, nameOf, scopesText } from '../../client/device-words.ts'
import { deviceFingerprint } from '../../shared/protocol/device-fingerprint.ts'
import { cleanName } from '../../shared/std/clean-name.ts'
import { cutRow } from '../layout/fit.ts'
import { accentStrong, muted, strong, toolName } from '../layout/items/styles.ts'
import { plain, type Row } from '../layout/span.ts'
import { choicesFor, type DeviceChoice, grantOf } from '../store/device-choices.ts'
import { askedDevice, type WaitingDevice } from '../store/devices.ts'
import type { State } from '../store/state.ts'
import { countdown } from './ages.ts'
import { askingTitle } from './panel-title.ts'
import { choiceSpans, indent, sheetFacts } from './sheet-rows.ts'
import type { Moment } from './status-line.ts'

const labels: Readonly<Record<DeviceChoice, readonly [wide: string, narrow: string]>> = {
  later: ['Later', 'Later'],
  reject: ['Reject', 'Reject'],
  read: ['Read only', 'Read'],
  'no-admin': ['No admin', 'Less'],
  all: ['All it asks', 'All'],
}

/** From how wide a window on the choices have their whole names. */
const wideColumns = 60

/** At most `maxRows` rows, fingerprint and choices always among them; undefined when no device is asked about. */
export function deviceSheet(state: State, { nowMs, isCalm }: Moment, maxRows: number): Row[] | undefined {
  const { devices, view, connection } = state
  const device = askedDevice(devices)
  if (!device) return undefined
  const { columns } = view
  const waiting = devices.waiting.filter(({ requestId }) => !devices.later.includes(requestId)).length
  const left = isCalm ? '' : countdown(device.expiresAtMs - nowMs)
  const note = [waiting > 1 ? `1 of ${waiting}` : '', left].filter(Boolean).join(' · ')
  const facts = factRows(device, state)
  const choices = choicesFor(device, connection)
  const isAnswering = devices.answering === device.requestId
  const row = choiceSpans(
    choices.map((choice) => ({
      label: labels[choice][columns < wideColumns ? 1 : 0],
      isChosen: choice === devices.choice,
      isRefusal: choice === 'reject',
    })),
  )
  const rows = [
    askingTitle('May this device come in?', note, columns),
    ...facts.slice(0, Math.max(1, maxRows - 3)).map(indent),
    indent([plain(isAnswering ? 'Your decision is on its way…' : outcome(device, devices.choice), muted)]),
    indent(row),
  ]
  return rows.map((each) => cutRow(each, columns))
}

function factRows(device: WaitingDevice, { devices, view }: State): Row[] {
  const beyond = askedBeyond(device, devices.paired)
  const isNew = beyond[0] === 'a new device'
  return sheetFacts(
    [
      ['device', deviceFingerprint(device.deviceId), accentStrong],
      ['from', cleanName(device.remoteIp) ?? 'an unknown address', toolName],
      [
        'asks for',
        device.role === 'node' ? 'lending its shell and screen, as a node' : scopesText(gravestFirst(device.scopes)),
        strong,
      ],
      ['new is', isNew ? undefined : beyond.join(', ') || undefined, strong],
      ['says', [nameOf(device), cleanName(device.platform)].filter(Boolean).join(' on '), muted],
    ],
    view.columns,
  )
}

/** What the marked choice does. */
function outcome(device: WaitingDevice, choice: DeviceChoice): string {
  if (choice === 'later') return 'It goes on waiting; /devices shows it.'
  if (choice === 'reject') return 'It is refused, and asks again at the earliest in some minutes.'
  if (device.role === 'node') return 'It becomes a node of this gateway.'
  return `It may: ${scopesText(grantOf(device, choice) ?? device.scopes)}`
}
