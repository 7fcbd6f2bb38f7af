import { expect, test } from 'vitest'
import { filterList } from '../../../src/tui/commands/fuzzy.ts'

const titles = [
  'Load on the box',
  '東京の天気',
  'openai/gpt-4o-mini',
  'openai/gpt-4o',
  'anthropic/claude',
  'Taxes of last year',
]

test.each([
  ['', titles],
  ['gpt', ['openai/gpt-4o-mini', 'openai/gpt-4o']],
  ['天気', ['東京の天気']],
  ['txs', ['Taxes of last year']],
  ['box load', ['Load on the box']],
  ['mini open', ['openai/gpt-4o-mini']],
  ['zzz', []],
])('%j finds %j', (filter, expected) => expect(filterList(titles, filter, (title) => title)).toEqual(expected))
