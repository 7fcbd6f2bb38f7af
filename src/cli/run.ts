/** Finds the command a line means, reads its flags, runs it, and turns failures into sentences and exit codes. */

import { Fault } from '../shared/fault.ts'
import { stateFault } from '../shared/state-fault.ts'
import { didYouMean } from '../shared/std/text.ts'
import type { Command, Surroundings } from './command.ts'
import type { CommandRow } from './command-row.ts'
import { commandHelp, generalHelp, groupHelp } from './help.ts'
import { interruptedExit } from './interrupted.ts'
import { parseLine, usage } from './parse.ts'
import { harmless } from './style.ts'
import { commandTable, groupDefaults } from './table.ts'

/** Runs one line command. Resolves with its exit code; rejects only for bugs. */
export async function runCommand(argv: readonly string[], world: Surroundings): Promise<number> {
  try {
    return await route(argv, world)
  } catch (error) {
    if (world.signal.aborted && !(error instanceof Fault)) return interruptedExit(world.signal)
    const fault = stateFault(world.paths.stateDir, error)
    if (!fault) throw error
    reportFault(fault, world, isForPrograms(argv))
    return fault.exitCode
  }
}

/** What follows `--` belongs to another program. */
function isForPrograms(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json')
}

async function route(argv: readonly string[], world: Surroundings): Promise<number> {
  const [first = 'help', ...rest] = argv
  if (first === 'help' || isHelp(first)) return await help(rest, world)
  const group = rest.length === 1 && isHelp(rest[0]) ? groupHelp(first) : undefined
  if (group !== undefined) {
    world.out(group)
    return 0
  }
  const { row, after } = findCommand(argv)
  const command = await row.load()
  if (row.takesAll && !after.includes('--help') && !after.includes('-h')) {
    return await command.run({ ...world, args: after, flags: {}, given: [] })
  }
  const { args, flags, given, wantsHelp } = parseLine(row.takesAll ? [] : after, row.name, command.flags)
  if (wantsHelp || row.takesAll) {
    world.out(await helpOf(command))
    return 0
  }
  if (command.args === undefined && args.length > 0 && row.name !== 'agent') {
    throw usage(`${row.name} takes no arguments (${JSON.stringify(args[0])})`, row.name)
  }
  return await command.run({ ...world, args, flags: flags as never, given })
}

async function help(words: readonly string[], world: Surroundings): Promise<number> {
  const [first, ...others] = words
  const group = first !== undefined && others.length === 0 ? groupHelp(first) : undefined
  if (first === undefined) world.out(generalHelp())
  else world.out(group ?? (await helpOf(await findCommand(words).row.load())))
  return 0
}

async function helpOf(command: Command): Promise<string> {
  const { examples } = await import('./examples.ts')
  return commandHelp(command, examples[command.name] ?? [])
}

function isHelp(word: string | undefined): boolean {
  return word === '--help' || word === '-h'
}

/** The row whose words the line begins with. Throws `usage.invalid` with the nearest command. */
function findCommand(argv: readonly string[]): { row: CommandRow; after: string[] } {
  const flagAt = argv.findIndex((word) => word.startsWith('-'))
  const words = flagAt === -1 ? argv : argv.slice(0, flagAt)
  for (const length of [2, 1]) {
    const row = commandTable.find(({ name }) => name === words.slice(0, length).join(' '))
    if (row && row.name.split(' ').length === length) return { row, after: argv.slice(length) }
  }
  const [first = '', second] = words
  const byDefault = second === undefined ? groupDefaults[first] : undefined
  const row = commandTable.find(({ name }) => name === byDefault)
  if (row) return { row, after: argv.slice(1) }
  throw unknownCommand(first, second)
}

function unknownCommand(first: string, second: string | undefined): Fault {
  const group = commandTable.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name)
  if (group.length > 0) {
    const near = second === undefined ? undefined : didYouMean(`${first} ${second}`, group)
    const what = second === undefined ? `${first} needs one more word` : `There is no command ${first} ${second}`
    const choices = group.map((name) => name.slice(first.length + 1)).join(', ')
    return usage(`${what}. ${near ? `Did you mean ${near}?` : `It can be: ${choices}.`}`, '')
  }
  const near = didYouMean(first, [...new Set(commandTable.flatMap(({ name }) => [name, name.split(' ')[0] ?? name]))])
  return usage(`There is no command ${JSON.stringify(first)}.${near ? ` Did you mean ${near}?` : ''}`, '')
}

/** The sentence and what to do on standard error; with `--json` one object on standard output. */
export function reportFault(fault: Fault, world: Pick<Surroundings, 'out' | 'err'>, isJson: boolean): void {
  if (isJson) {
    const { code, message, remedy, details } = fault
    world.out(`${JSON.stringify({ ok: false, error: { code, message, remedy, details } }, null, 2)}\n`)
    return
  }
  world.err(`❌ ${harmless(fault.message)}\n`)
  if (fault.remedy !== undefined) world.err(`   ${harmless(fault.remedy)}\n`)
}
