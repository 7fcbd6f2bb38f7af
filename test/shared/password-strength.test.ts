import { expect, test } from 'vitest'
import { passwordStrength } from '../../src/shared/password-strength.ts'

test.each([
  ['hunter2', 'weak', false],
  ['short pass', 'weak', false],
  ['aaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'weak', false],
  ['abcdefghijklmnopqrstuvwxyz', 'weak', false],
  ['123456789012345678901234', 'weak', false],
  ['abcabcabcabcabcabcabcabcabc', 'weak', false],
  ['Password2024Password2024!', 'weak', false],
  ['qwertyuiopqwertyuiop', 'weak', false],
  ['correct horse b', 'weak', false],
  ['correct horse battery', 'fair', false],
  ['correct horse battery staple', 'fair', true],
  ['correct horse battery staple mauve', 'good', true],
  ['correct horse battery staple mauve anvil', 'strong', true],
  ['k7#Qw9!pLz2$', 'good', false],
  ['q1gN3s0cT5yXb8VdKw2ZrM6h', 'strong', true],
  ['ひらがなでかいたながいあいことばはつよいです', 'good', false],
] as const)('%s is %s', (password, level, isForOthers) => {
  expect(passwordStrength(password)).toMatchObject({ level, isForOthers })
})

test('a weak one is told what would help, a strong one nothing', () => {
  expect(passwordStrength('hunter2').hint).toContain('at least 12 characters')
  expect(passwordStrength('aaaaaaaaaaaaaaaaaaaaaaaa').hint).toContain('repeats itself')
  expect(passwordStrength('k7#Qw9!pLz2$').hint).toContain('needs 24 characters')
  expect(passwordStrength('correct horse battery staple').hint).toBeUndefined()
})
