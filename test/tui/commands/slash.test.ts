import { describe, expect, test } from 'vitest'
import { completions, parseSlash } from '../../../src/tui/commands/slash.ts'
import { slashCommands } from '../../../src/tui/commands/table.ts'
import { initialState } from '../../../src/tui/store/state.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'

const state = {
  ...initialState({ connection: scriptedGateway().gateway.view, sessionKey: 'main', columns: 80, rows: 24 }),
  models: { isLoaded: true, isStale: false, rows: [{ id: 'gpt-4o', name: 'GPT-4o', provider: 'openai' }] },
}
const parse = (text: string) => {
  const slash = parseSlash(text, slashCommands)
  return slash && [slash.command.name, slash.args]
}
const complete = (text: string) => completions(text, slashCommands, state).map((one) => one.text)

test.each([
  ['/help', ['help', '']],
  ['  /MODEL openai/gpt-4o ', ['model', 'openai/gpt-4o']],
  ['/reset', ['new', '']],
  ['/quit', ['exit', '']],
  ['/search two words\nand a line', ['search', 'two words\nand a line']],
  ['/weather', undefined],
  ['/etc/hosts is what', undefined],
  ['no /help', undefined],
])('%j is %j', (text, expected) => expect(parse(text)).toEqual(expected))

test('no name or alias is given twice', () => {
  const names = slashCommands.flatMap(({ name, aliases }) => [name, ...aliases])
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

describe('completion', () => {
  test('begins with the slash and ends where an argument can be anything', () => {
    expect(complete('/')).toHaveLength(slashCommands.length)
    expect(complete('/mo')).toEqual(['/models ', '/model '])
    expect(complete('/find wor')).toEqual([])
    expect(complete('hello /')).toEqual([])
  })

  test('offers the values an argument can have', () => {
    expect(complete('/model gpt')).toEqual(['/model openai/gpt-4o'])
    expect(complete('/think hi')).toEqual(['/think high', '/think xhigh'])
  })
})
