/** Words of a command line → flags and arguments, with a suggestion for every slip. Pure. */

import { parseArgs } from 'node:util'
import { Fault } from '../shared/fault.ts'
import { didYouMean } from '../shared/std/text.ts'
import type { Flags, GivenFlag } from './command.ts'

export type ParsedLine = {
  readonly args: string[]
  readonly flags: Record<string, string | number | boolean | undefined>
  /** Every flag in the order of the line, also one that stands there more than once. */
  readonly given: readonly GivenFlag[]
  readonly wantsHelp: boolean
}

/** Throws `usage.invalid`. `name` is the command's, for the remedy. */
export function parseLine(argv: readonly string[], name: string, known: Flags): ParsedLine {
  const words = glue(argv, known)
  const { tokens } = parseArgs({
    args: words,
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: optionsOf(known),
  })
  const flags: Record<string, string | number | boolean | undefined> = {}
  for (const [key, flag] of Object.entries(known)) if (flag.type === 'boolean') flags[key] = false
  const args: string[] = []
  const given: GivenFlag[] = []
  let wantsHelp = false
  for (const [at, token] of tokens.entries()) {
    if (token.kind === 'positional') args.push(token.value)
    if (token.kind !== 'option') continue
    const word = words[token.index] ?? ''
    // Each of its digits is a token of the same word.
    if (isNegative(word)) {
      if (tokens[at - 1]?.index !== token.index) args.push(word)
      continue
    }
    if (token.name === 'help' || token.name === 'h') wantsHelp = true
    else {
      const value = readFlag(token, name, known)
      flags[token.name] = value
      given.push({ name: token.name, value })
    }
  }
  return { args, flags, given, wantsHelp }
}

/** No flag is a number; that of a group's chat is below zero. */
function isNegative(word: string): boolean {
  return /^-\d+$/.test(word)
}

function optionsOf(known: Flags): Record<string, { type: 'string' | 'boolean' }> {
  const options: Record<string, { type: 'string' | 'boolean' }> = { help: { type: 'boolean' } }
  for (const [key, { type }] of Object.entries(known))
    options[key] = { type: type === 'boolean' ? 'boolean' : 'string' }
  return options
}

/** `--token -x` means the value `-x`: a secret may begin with a dash. */
function glue(argv: readonly string[], known: Flags): string[] {
  const glued: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    const flag = word.startsWith('--') ? known[word.slice(2)] : undefined
    const next = argv[i + 1]
    if (word === '--') return [...glued, ...argv.slice(i)]
    if (flag && flag.type !== 'boolean' && next !== undefined && !isKnownFlag(next, known)) {
      glued.push(`${word}=${next}`)
      i++
    } else glued.push(word)
  }
  return glued
}

function isKnownFlag(word: string, known: Flags): boolean {
  return word.startsWith('--') && (word === '--help' || known[word.slice(2).split('=')[0] ?? ''] !== undefined)
}

function readFlag(
  token: { name: string; rawName: string; value: string | undefined },
  command: string,
  known: Flags,
): string | number | boolean {
  const flag = known[token.name]
  if (!flag) throw unknownFlag(token.rawName, command, known)
  if (flag.type === 'boolean') {
    if (token.value === undefined) return true
    throw usage(`${token.rawName} takes no value`, command)
  }
  if (token.value === undefined) throw usage(`${token.rawName} needs a value ${flag.value ?? ''}`.trimEnd(), command)
  if (flag.choices && !flag.choices.includes(token.value))
    throw noChoice(token.rawName, token.value, flag.choices, command)
  if (flag.type === 'string') return token.value
  const value = Number(token.value)
  if (flag.range) {
    const { from, to, unit } = flag.range
    if (/^\d+$/.test(token.value) && value >= from && value <= to) return value
    throw usage(`${token.rawName} needs ${unit} from ${from} to ${to}, not ${JSON.stringify(token.value)}`, command)
  }
  if (/^\d+$/.test(token.value)) return value
  throw usage(`${token.rawName} needs a number, not ${JSON.stringify(token.value)}`, command)
}

function noChoice(rawName: string, value: string, choices: readonly string[], command: string): Fault {
  const near = didYouMean(value, choices)
  const what = `${rawName} is ${JSON.stringify(value)}, and can be ${choices.join(', ')}`
  return usage(near ? `${what}. Did you mean ${near}?` : what, command)
}

function unknownFlag(rawName: string, command: string, known: Flags): Fault {
  const near = didYouMean(rawName.replace(/^-+/, ''), Object.keys(known))
  return usage(`${command || 'clawdbot'} has no flag ${rawName}${near ? `. Did you mean --${near}?` : ''}`, command)
}

export function usage(sentence: string, command: string): Fault {
  return new Fault('usage.invalid', sentence, { remedy: `See: clawdbot ${command === '' ? '' : `${command} `}--help` })
}
