import { expect, test } from 'vitest'
import { remember, search, searchOlder, walk } from '../../../src/tui/input/history.ts'

const history = ['git status', 'run uptime', 'Git push', 'git log']

test('blank prompts and repeats are not remembered', () => {
  expect(remember(history, 'git log')).toBe(history)
  expect(remember(history, '  ')).toBe(history)
  expect(remember(history, 'new').at(-1)).toBe('new')
})

test('Up walks through the prompts that begin with the draft, Down brings the draft back', () => {
  const first = walk(history, 'git', 'older')
  expect(first?.text).toBe('git log')
  const second = first && walk(history, first, 'older')
  expect(second?.text).toBe('git status')
  expect(second && walk(history, second, 'older')).toBeUndefined()
  expect(second && walk(history, second, 'newer')?.text).toBe('git log')
  expect(first && walk(history, first, 'newer')?.text).toBe('git')
  expect(walk(history, 'draft', 'newer')).toBeUndefined()
})

test('a search finds the newest match, then older ones, then comes round', () => {
  const first = search(history, 'git')
  expect(first.match).toBe('git log')
  const second = searchOlder(history, first)
  expect(second.match).toBe('Git push')
  expect(searchOlder(history, searchOlder(history, second)).match).toBe('git log')
  expect(search(history, 'Git').match).toBe('Git push')
  expect(search(history, 'nothing').match).toBeUndefined()
})
