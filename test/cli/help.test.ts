import { expect, test } from 'vitest'
import { examples } from '../../src/cli/examples.ts'
import { commandHelp } from '../../src/cli/help.ts'
import { parseLine } from '../../src/cli/parse.ts'
import { commandTable } from '../../src/cli/table.ts'
import { readCommandLine } from '../../src/exec/words.ts'

test.each(commandTable)('the help of $name names each of its flags, and shows lines that can be typed', async (row) => {
  const command = await row.load()
  expect(command.name).toBe(row.name)
  const own = examples[row.name]
  if (own === undefined) throw new Error(`${row.name} has no example: add one to src/cli/examples.ts`)
  const help = commandHelp(command, own)
  for (const flag of Object.keys(command.flags)) expect(help).toMatch(new RegExp(`^  --${flag}\\b`, 'm'))
  expect(help).toMatch(/^Usage: clawdbot .*\n\n[A-Z].*\n/)
  for (const example of own) {
    expect(help).toContain(`  clawdbot ${example}\n`)
    expect(example.startsWith(row.name)).toBe(true)
    const line = readCommandLine(example.replace(/ [<>] .*$/, '').replace('~/', '/home/ann/'))
    if (line.kind !== 'plain') throw new Error(`${example}: ${JSON.stringify(line)}`)
    const { args } = parseLine(line.words.slice(row.name.split(' ').length), row.name, command.flags)
    if (command.args === undefined && row.name !== 'agent') expect(args).toEqual([])
  }
})

test('no example is of a command that is gone', () => {
  expect(Object.keys(examples).filter((name) => !commandTable.some((row) => row.name === name))).toEqual([])
})

test('our flags stand before --, behind which everything is of the program that is run', async () => {
  const row = commandTable.find(({ name }) => name === 'nodes run')
  expect(commandHelp((await row?.load()) as never, [])).toMatch(
    /^Usage: clawdbot nodes run <node> \[flags\] -- <program> /,
  )
})
