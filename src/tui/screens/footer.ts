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

/** Where one writes: the way to the help belongs there. */
const writing: ReadonlySet<Context> = new Set<Context>(['chat', 'completion', 'offline', 'beside'])

/** `helpKey` is the shortest way to the help now; `useless` are keys that would do nothing now. */
export const footerRow = ofSlices(
  ['connection'],
  ({ connection }, context: Context, columns: number, helpKey: string, useless: ReadonlySet<KeyId>): Row => {
    const help: Row = !writing.has(context) ? [] : [plain(helpKey, strong), plain(' help', muted)]
    const room = columns - rowWidth(help) - 2
    const left: Span[] = []
    for (const hint of hints[context]) {
      if (useless.has(hint[0])) continue
      const spans = hintSpans(hint[0] === 'send' && connection.phase !== 'live' ? ['send', 'queue'] : hint)
      const next = left.length === 0 ? spans : [plain(left.at(-1)?.text.endsWith(' ') ? '' : '  '), ...spans]
      if (rowWidth(left) + rowWidth(next) > room) break
      left.push(...next)
    }
    return spread(left, help, columns)
  },
)

function hintSpans([id, words]: Hint): Span[] {
  return words === '' ? [plain(`${keyOf(id)} `, strong)] : [plain(keyOf(id), strong), plain(` ${words}`, muted)]
}
