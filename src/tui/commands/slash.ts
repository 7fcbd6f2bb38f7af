/** Slash words: which command a line is, and what could complete it. Pure. */

import type { State } from '../store/state.ts'
import type { SlashCommand } from './command.ts'

export type Slash = { readonly command: SlashCommand; readonly args: string }

/** The command a message is, or undefined: then it is a message for the gateway, which has commands of its own. */
export function parseSlash(text: string, table: readonly SlashCommand[]): Slash | undefined {
  const match = /^\/([a-z-]+)(?:\s+([\s\S]*))?$/i.exec(text.trim())
  if (!match) return undefined
  const name = (match[1] ?? '').toLowerCase()
  const command = table.find((candidate) => candidate.name === name || candidate.aliases.includes(name))
  return command && { command, args: (match[2] ?? '').trim() }
}

/** One row of the popup: what it shows, and what the text becomes when it is taken. */
export type Completion = {
  readonly label: string
  readonly about: string
  readonly text: string
  readonly isWhole: boolean
}

/** Most rows the popup offers. */
const maxCompletions = 50

/** Completions of the text up to its end; none unless it begins with a slash and holds one line. */
export function completions(text: string, table: readonly SlashCommand[], state: State): readonly Completion[] {
  const match = /^\/(\S*)(?:( +)(\S*))?$/.exec(text)
  if (!match) return []
  const [, word = '', space, argument = ''] = match
  if (space === undefined) return commandCompletions(word.toLowerCase(), table)
  const slash = parseSlash(`/${word}`, table)
  const values = slash?.command.values?.(state) ?? []
  return values
    .filter((value) => value.toLowerCase().includes(argument.toLowerCase()))
    .slice(0, maxCompletions)
    .map((value) => ({ label: value, about: '', text: `/${word} ${value}`, isWhole: true }))
}

function commandCompletions(word: string, table: readonly SlashCommand[]): Completion[] {
  return table.flatMap((command) => {
    const name = [command.name, ...command.aliases].find((candidate) => candidate.startsWith(word))
    if (name === undefined) return []
    const hasArguments = command.usage !== ''
    const text = hasArguments ? `/${name} ` : `/${name}`
    const label = hasArguments ? `/${name} ${command.usage}` : `/${name}`
    return [{ label, about: command.about, text, isWhole: !command.usage.startsWith('<') }]
  })
}
