/** A page to read: the help, made from the keymap and the command table, and the status. Pure. */

import { bindings, type Context, spellChord } from '../commands/keymap.ts'
import { slashCommands } from '../commands/table.ts'
import { accentStrong, muted, strong } from '../layout/items/styles.ts'
import { oneLine } from '../layout/sanitize.ts'
import { plain, type Row } from '../layout/span.ts'
import { textWidth } from '../layout/width.ts'
import { wrapText } from '../layout/wrap.ts'
import type { Overlay } from '../store/overlay.ts'
import { panelTitle } from './list-panel.ts'
import type { Panel } from './panel-title.ts'

/** Exactly `height` rows, beginning at the overlay's row. `last` is the last row it may begin with. */
export function textPanel(overlay: Overlay, columns: number, height: number): Panel & { last: number } {
  const rows = overlay.kind === 'help' ? helpRows(columns) : factRows(overlay.text, columns)
  const room = Math.max(1, height - 2)
  const last = Math.max(0, rows.length - room)
  const top = Math.min(overlay.index, last)
  const place = last === 0 ? '' : `${Math.round(((top + room) / rows.length) * 100)}%`
  const all: Row[] = [panelTitle(overlay.kind, place, columns), [], ...rows.slice(top, top + room)]
  while (all.length < height) all.push([])
  return { rows: all.slice(0, height), last }
}

const indent = (row: Row): Row => [plain('  '), ...row]

const sections: readonly [Context | 'always', string][] = [
  ['chat', 'Keys'],
  ['always', 'Everywhere'],
  ['approval', 'When a command asks for permission'],
  ['beside', 'When it asks and one writes'],
  ['device', 'When a new device wants in'],
  ['trust', 'When a server is not known yet'],
  ['answer', 'When a secret is asked for'],
  ['list', 'In lists'],
  ['profiles', 'Among the profiles'],
  ['devices', 'Among the devices'],
  ['connection', 'At the connection'],
  ['form', 'In the form of a profile'],
  ['outbox', 'In the messages that wait'],
  ['offline', 'Without connection'],
]

function helpRows(columns: number): Row[] {
  const commands = slashCommands.map(({ name, aliases, usage, about }): [string, string] => [
    `/${name}${usage === '' ? '' : ` ${usage}`}`,
    aliases.length === 0 ? about : `${about} (also ${aliases.map((alias) => `/${alias}`).join(', ')})`,
  ])
  const keys = sections.flatMap(([context, title]) => {
    const rows = bindings
      .filter(({ when }) => when === context)
      .map(({ keys, title }): [string, string] => [keys.slice(0, 2).map(spellChord).join(', '), title])
    return [...headingRows(title), ...tableRows(rows, columns)]
  })
  const end = 'Any other /word goes to the gateway as it is.'
  return [...headingRows('Commands').slice(1), ...tableRows(commands, columns), indent([plain(end, muted)]), ...keys]
}

function factRows(text: string, columns: number): Row[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', value] = line.split('\t').map(oneLine)
    if (value === undefined) return wrapText(name, Math.max(8, columns - 4)).map((part) => indent([plain(part)]))
    return tableRows([[name, value]], columns, 14)
  })
}

function headingRows(title: string): Row[] {
  return [[], [plain('  '), plain(title, accentStrong)]]
}

function tableRows(table: readonly [string, string][], columns: number, widest = 26): Row[] {
  const nameWidth = Math.min(widest, Math.floor(columns * 0.45))
  const rest = Math.max(8, columns - nameWidth - 6)
  return table.flatMap(([name, about]) => {
    const names = wrapText(name, nameWidth)
    const lines = wrapText(about, rest)
    return Array.from({ length: Math.max(names.length, lines.length) }, (_, at): Row => {
      const left = names[at] ?? ''
      return [plain(`  ${left}${' '.repeat(nameWidth - textWidth(left) + 2)}`, strong), plain(lines[at] ?? '', muted)]
    })
  })
}
