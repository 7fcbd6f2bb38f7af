/** A tool call as rows: what runs, where, how it went, and its output folded or whole. Pure. */

import { escapeCommand } from '../../../shared/escape-command.ts'
import { formatDuration } from '../../../shared/std/duration.ts'
import type { ToolItem } from '../../store/item.ts'
import { rowWidth, spread } from '../fit.ts'
import { oneLine, showOutput } from '../sanitize.ts'
import { plain, type Row, type Span, type Style } from '../span.ts'
import { wrapSpans, wrapText } from '../wrap.ts'
import { accent, danger, muted, strong, success, toolName, warning } from './styles.ts'

/** Rows of output shown of a folded card, and most of an unfolded one. */
const foldedRows = 3
const unfoldedRows = 400

/** Longest piece of output laid out, in UTF-16 units; the end is what matters. */
const maxOutput = 200_000

export function toolRows(item: ToolItem, width: number, isOpen: boolean, here: string): Row[] {
  return [...headRows(item, width, isOpen, here), ...outputRows(item, width, isOpen)]
}

/** `▸ gateway vps-1 $ uptime` and on the right how it went; on its own row when there is no room for both. */
function headRows(item: ToolItem, width: number, isOpen: boolean, here: string): Row[] {
  const head = headSpans(item, isOpen, here)
  const state = stateSpans(item)
  if (rowWidth(head) + rowWidth(state) + 2 <= width) return [spread(head, state, width)]
  const rows = isOpen ? wrapSpans(head, width) : [spread(head, [], width)]
  return [...rows, [plain('  '), ...state]]
}

function headSpans(item: ToolItem, isOpen: boolean, here: string): Span[] {
  const { what, isCommand } = describe(item)
  const mark = plain(isOpen ? '▾ ' : '▸ ', accent)
  const where = plain(oneLine(item.where ?? here), toolName)
  if (isCommand) return [mark, where, plain(' $ ', muted), plain(what, strong)]
  return [mark, where, plain(` ${oneLine(item.name)} `, muted), plain(what, strong)]
}

/** `$ uptime`, `read notes.txt`: a call where no machine is named. */
export function callLine(item: Pick<ToolItem, 'name' | 'args'>): string {
  const { what, isCommand } = describe(item)
  return `${isCommand ? '$' : oneLine(item.name)} ${what}`.trim()
}

/** What a call does, in one line: its command, else the argument that says most. */
function describe(item: Pick<ToolItem, 'name' | 'args'>): { what: string; isCommand: boolean } {
  const { command, argv, path, url, query } = item.args
  if (typeof command === 'string') return { what: escapeCommand(command), isCommand: true }
  const words = Array.isArray(argv) ? argv : Array.isArray(command) ? command : undefined
  if (words) return { what: escapeCommand(words.map(String).join(' ')), isCommand: true }
  const telling = [path, url, query].find((value) => typeof value === 'string')
  if (typeof telling === 'string') return { what: escapeCommand(telling), isCommand: false }
  const entries = Object.entries(item.args)
  return { what: entries.length === 0 ? '' : escapeCommand(JSON.stringify(item.args)), isCommand: false }
}

function stateSpans(item: ToolItem): Span[] {
  const took = item.durationMs === undefined ? '' : ` ${formatDuration(item.durationMs)}`
  const say = (text: string, style: Style): Span[] => [plain(text, style), ...(took ? [plain(took, muted)] : [])]
  switch (item.status) {
    case 'running':
      return item.isAsking ? say('waits for you', warning) : say('running', accent)
    case 'completed':
      return item.exitCode ? say(`✗ exit ${item.exitCode}`, danger) : say('✓', success)
    case 'failed':
      return say(item.exitCode === undefined ? '✗ failed' : `✗ exit ${item.exitCode}`, danger)
    case 'denied':
      return say('✗ denied', warning)
    case 'aborted':
      return say('■ stopped', muted)
    case 'timeout':
      return say('✗ timed out', danger)
    case 'interrupted':
      return say('■ interrupted', warning)
  }
}

/** Its output as it is laid out. */
export const outputText = ({ output }: Pick<ToolItem, 'output'>): string =>
  showOutput(output.slice(-maxOutput)).trimEnd()

function outputRows(item: ToolItem, width: number, isOpen: boolean): Row[] {
  const output = outputText(item)
  const facts = isOpen && item.cwd ? [[plain('  '), plain(`in ${oneLine(item.cwd)}`, muted)]] : []
  if (output.trim() === '') return facts
  const lines = wrapText(output, Math.max(1, width - 2))
  const limit = isOpen ? unfoldedRows : foldedRows
  const shown = lines.slice(-limit)
  const hidden = lines.length - shown.length
  const more = hidden > 0 ? [[plain('  '), plain(`… ${hidden} more ${hidden === 1 ? 'row' : 'rows'}`, muted)]] : []
  return [...facts, ...more, ...shown.map((line): Row => [plain('  '), plain(line, muted)])]
}
