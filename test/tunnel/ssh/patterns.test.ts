import { expect, test } from 'vitest'
import { matchesHostList, matchesList, matchesPattern } from '../../../src/tunnel/ssh/patterns.ts'

test.each<[string, string, boolean]>([
  ['web', 'web', true],
  ['web', 'Web', false],
  ['web', 'w?b', true],
  ['web', 'w??b', false],
  ['web', '*', true],
  ['', '*', true],
  ['', '?', false],
  ['', '', true],
  ['web', '', false],
  ['a.b.example.com', '*.example.com', true],
  ['example.com', '*.example.com', false],
  ['abcbc', 'a*bc', true],
  ['abcbd', 'a*bc', false],
  ['aXbXc', 'a**b*c', true],
  ['a', 'a*', true],
  ['a*b', 'a*b', true],
])('%j against %j: %s', (text, pattern, matches) => {
  expect(matchesPattern(text, pattern)).toBe(matches)
})

test('a pattern made to take long does not', () => {
  expect(matchesPattern('a'.repeat(2000), `${'*a'.repeat(500)}b`)).toBe(false)
})

test.each<[string, string, boolean]>([
  ['web', 'db,web', true],
  ['web', 'w*,!web', false],
  ['web', '!web,w*', false],
  ['web', '!db', false],
  ['web', '!db,*', true],
])('%j against the list %j: %s', (text, list, matches) => {
  expect(matchesList(text, list)).toBe(matches)
  expect(matchesHostList(text.toUpperCase(), list)).toBe(matches)
})
