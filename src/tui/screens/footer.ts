/** The last row: the keys that help now, from the one keymap. The way to the help is always whole. Pure. */

import { type Context, type KeyId, keyOf } from '../commands/keymap.ts'
import { rowWidth, spread } from '../layout/fit.ts'
import { muted, strong } from '../layout/items/styles.ts'
import { plain, type Row, type Span } from '../layout/span.ts'
import { ofSlices } from './of-slices.ts'

type Hint = readonly [id: KeyId, words: string]

const hints: Readonly<Record<Context, readonly Hint[]>> = {
  chat: [
    ['send', 'send'],
    ['newline', 'new line'],
    ['sessions', 'sessions'],
    ['models', 'model'],
    ['toggle-tools', 'unfold'],
    ['find', 'find'],
  ],
  completion: [
    ['completion-take', 'complete'],
    ['completion-up', ''],
    ['completion-down', 'choose'],
    ['completion-close', 'close'],
  ],
  offline: [
    ['retry', 'connect now'],
    ['send', 'send'],
    ['connection', 'why'],
    ['gateways', 'gateways'],
    ['sessions', 'sessions'],
  ],
  list: [
    ['list-choose', 'choose'],
    ['list-up', ''],
    ['list-down', 'move'],
    ['list-close', 'close'],
  ],
  outbox: [
    ['outbox-edit', 'edit'],
    ['outbox-delete', 'delete'],
    ['list-up', ''],
    ['list-down', 'move'],
    ['list-close', 'close'],
  ],
  profiles: [
    ['profile-use', 'go there'],
    ['profile-add', 'add'],
    ['profile-edit', 'edit'],
    ['profile-test', 'test'],
    ['profile-warm', 'warm'],
    ['profile-delete', 'delete'],
    ['profiles-close', 'close'],
  ],
  connection: [
    ['connection-retry', 'connect now'],
    ['connection-profiles', 'profiles'],
    ['connection-close', 'close'],
  ],
  form: [
    ['form-save', 'save'],
    ['form-next', 'next'],
    ['form-left', ''],
    ['form-right', 'choose'],
    ['form-close', 'leave'],
  ],
  text: [
    ['text-close', 'close'],
    ['text-up', ''],
    ['text-down', 'scroll'],
  ],
  approval: [
    ['approval-page-down', 'read on'],
    ['approve-once', 'once'],
    ['approve-always', 'always'],
    ['deny', 'deny'],
    ['deny-stop', 'stop'],
    ['turn-to-composer', 'write'],
    ['approval-left', ''],
    ['approval-right', 'move'],
    ['approval-choose', 'choose'],
  ],
  beside: [
    ['turn-to-question', 'decide'],
    ['send', 'send'],
    ['newline', 'new line'],
    ['sessions', 'sessions'],
    ['models', 'model'],
  ],
  device: [
    ['device-later', 'later'],
    ['device-reject', 'refuse'],
    ['device-read', 'read only'],
    ['device-all', 'all'],
    ['device-left', ''],
    ['device-right', 'move'],
    ['device-choose', 'choose'],
  ],
  devices: [
    ['devices-decide', 'decide'],
    ['devices-rotate', 'new token'],
    ['devices-revoke', 'revoke'],
    ['devices-up', ''],
    ['devices-down', 'move'],
    ['devices-close', 'close'],
  ],
  trust: [
    ['trust-yes', 'yes'],
    ['trust-no', 'no'],
    ['trust-move', 'move'],
    ['trust-choose', 'choose'],
  ],
  answer: [
    ['answer-send', 'answer'],
    ['answer-decline', 'do not answer'],
  ],
}

/** What leads out of where one is: it keeps its place where there is no room for all. */
const waysOut: ReadonlySet<KeyId> = new Set([
  'completion-close',
  'list-close',
  'profiles-close',
  'connection-close',
  'form-close',
  'text-close',
  'device-later',
  'devices-close',
  'trust-no',
  'answer-decline',
])

/** Where one writes: the way to the help belongs there. */
const writing: ReadonlySet<Context> = new Set<Context>(['chat', 'completion', 'offline', 'beside'])

/** `helpKey` is the shortest way to the help now; `useless` are keys that would do nothing now. */
export const footerRow = ofSlices(
  ['connection'],
  ({ connection }, context: Context, columns: number, helpKey: string, useless: ReadonlySet<KeyId>): Row => {
    const isOver = !writing.has(context)
    const help: Row = isOver ? [] : [plain(helpKey, strong), plain(' help', muted)]
    const room = columns - rowWidth(help) - (isOver ? 0 : 2)
    const now = hints[context]
      .filter(([id]) => !useless.has(id))
      .map((hint): Hint => (hint[0] === 'send' && connection.phase !== 'live' ? ['send', 'queue'] : hint))
    return spread(fitting(now, room), help, columns)
  },
)

/** As many as fit, from the first, with the way out. Keys that share their words stay together. */
function fitting(all: readonly Hint[], columns: number): Row {
  const groups = grouped(all)
  const isOut = (group: readonly Hint[]): boolean => group.some(([id]) => waysOut.has(id))
  const width = (group: readonly Hint[]): number => rowWidth(group.flatMap(hintSpans)) + gap.length
  let left = columns + gap.length - groups.filter(isOut).reduce((sum, group) => sum + width(group), 0)
  let isFull = false
  const shown = groups.filter((group) => {
    if (isOut(group)) return true
    left -= width(group)
    isFull ||= left < 0
    return !isFull
  })
  return shown.flatMap((group, at) => [...(at === 0 ? [] : [plain(gap)]), ...group.flatMap(hintSpans)])
}

const gap = '  '

/** A key without words belongs to the next one. */
function grouped(all: readonly Hint[]): Hint[][] {
  const groups: Hint[][] = []
  let isOpen = false
  for (const hint of all) {
    if (isOpen) groups.at(-1)?.push(hint)
    else groups.push([hint])
    isOpen = hint[1] === ''
  }
  return groups
}

function hintSpans([id, words]: Hint): Span[] {
  return words === '' ? [plain(`${keyOf(id)} `, strong)] : [plain(keyOf(id), strong), plain(` ${words}`, muted)]
}
