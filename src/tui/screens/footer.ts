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
    ['send', 'queue'],
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
    ['approve-once', 'once'],
    ['approve-always', 'always'],
    ['deny', 'deny'],
    ['approval-left', ''],
    ['approval-right', 'move'],
    ['approval-choose', 'choose'],
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

/** `helpKey` is the shortest way to the help now; `useless` is a key that would do nothing now. */
export const footerRow = ofSlices(
  [],
  (_, context: Context, columns: number, helpKey: string, useless: KeyId | undefined): Row => {
    const isOver = context !== 'chat' && context !== 'completion' && context !== 'offline'
    const help: Row = isOver ? [] : [plain(helpKey, strong), plain(' help', muted)]
    const room = columns - rowWidth(help) - 2
    const left: Span[] = []
    for (const hint of hints[context]) {
      if (hint[0] === useless) continue
      const spans = hintSpans(hint)
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
