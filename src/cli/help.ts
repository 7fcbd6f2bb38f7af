/** Help, written from the table and the flags. Pure. */

import type { Command, Flags } from './command.ts'
import { commandTable, groupDefaults } from './table.ts'

export function generalHelp(): string {
  const width = Math.max(...commandTable.map(({ name }) => name.length)) + 2
  return [
    'Usage: clawdbot [command] [flags]',
    '',
    'Without a command it opens the screen; with something piped in it prints the answer.',
    '',
    'Commands:',
    ...commandTable.map(({ name, about }) => `  ${name.padEnd(width)}${about}`),
    '',
    'Every command explains itself: clawdbot <command> --help',
    'Exit codes: 0 good, 1 not, 2 usage, 3 not let in, 4 not reached, 5 no answer in time, 6 not a gateway, 7 in use.',
    'Ended from outside: 130 Ctrl+C, 143 SIGTERM, 129 SIGHUP.',
    '',
  ].join('\n')
}

/** The commands that begin with this word; undefined when it is a command itself, or nothing. */
export function groupHelp(word: string): string | undefined {
  const rows = commandTable.filter(({ name }) => name.startsWith(`${word} `))
  if (rows.length === 0 || commandTable.some(({ name }) => name === word)) return undefined
  const width = Math.max(...rows.map(({ name }) => name.length)) + 2
  const byDefault = groupDefaults[word]
  return [
    `Usage: clawdbot ${word} <command> [flags]`,
    '',
    'Commands:',
    ...rows.map(({ name, about }) => `  ${name.padEnd(width)}${about}${name === byDefault ? `; also: ${word}` : ''}`),
    '',
    `Each explains itself: clawdbot ${rows[0]?.name} --help`,
    '',
  ].join('\n')
}

/** `examples` are lines without `clawdbot` in front. */
export function commandHelp({ name, about, args, flags }: Command, examples: readonly string[]): string {
  // Behind `--` nothing is a flag of ours any more.
  const [own, ...beyond] = (args ?? '').split(' -- ')
  const words = [name, own, Object.keys(flags).length > 0 && '[flags]', ...beyond.flatMap((rest) => ['--', rest])]
  const usage = `Usage: clawdbot ${words.filter(Boolean).join(' ')}`
  const lines = examples.map((line) => `  clawdbot ${line}\n`).join('')
  const shown = lines === '' ? '' : `\nExamples:\n${lines}`
  return `${usage}\n\n${about.charAt(0).toUpperCase()}${about.slice(1)}.\n${flagHelp(flags)}${shown}`
}

function flagHelp(flags: Flags): string {
  const rows = Object.entries(flags).map(
    ([key, { value = '', about, choices }]) =>
      [`--${key} ${value}`.trimEnd(), choices ? `${choices.join(' | ')}: ${about}` : about] as const,
  )
  if (rows.length === 0) return ''
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  return `\nFlags:\n${rows.map(([left, about]) => `  ${left.padEnd(width)}${about}\n`).join('')}`
}
