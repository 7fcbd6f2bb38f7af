import { expect, test } from 'vitest'
import { matchesRule, readRule } from '../../src/exec/rules.ts'
import { readCommandLine } from '../../src/exec/words.ts'
import { shellWords } from '../../src/shared/std/shell-words.ts'

function covers(rule: string, command: string): boolean {
  const reading = readRule(rule)
  const line = readCommandLine(command)
  if (reading.kind !== 'rule' || line.kind !== 'plain') throw new Error(shellWords([rule, command]))
  return matchesRule(reading.rule, line.words[0], line.words.slice(1))
}

test.each<[string, string, boolean]>([
  ['/bin/df', '/bin/df', true],
  ['/bin/df', '/bin/df -h', false],
  ['/bin/df -h', '/bin/df -h', true],
  ['/bin/df -h', '/bin/df', false],
  ['/bin/df', '/usr/bin/df', false],
  ['/bin/ls *', '/bin/ls /tmp', true],
  ['/bin/ls *', '/bin/ls -la', false],
  ['/bin/ls *', '/bin/ls a b', false],
  ['/bin/ls -*', '/bin/ls -la', true],
  ['/bin/ls **', '/bin/ls', true],
  ['/bin/ls **', '/bin/ls a b c', true],
  ['/bin/ls **', '/bin/ls a -l', false],
  ['/bin/ls -**', '/bin/ls a -l --x', true],
  ['/bin/cat /var/log/*.log', '/bin/cat /var/log/a.log', true],
  ['/bin/cat /var/log/*.log', '/bin/cat /var/log/.log', true],
  ['/bin/cat /var/log/*.log', '/bin/cat /var/log/a.txt', false],
  ['/bin/cat a*a', '/bin/cat a', false],
  ['/bin/cat *ab*ab', '/bin/cat xabyab', true],
  ['/bin/cat *ab*ab', '/bin/cat xab', false],
  ["/bin/cat 'a b'", "/bin/cat 'a b'", true],
  ["/bin/cat 'a b'", '/bin/cat a b', false],
])('the rule %s and the command %s: %s', (rule, command, expected) => {
  expect(covers(rule, command)).toBe(expected)
})

test('a path pattern does not reach above its folder', () => {
  expect(covers('/bin/cat /var/log/*', '/bin/cat /var/log/../../etc/shadow')).toBe(false)
})

test.each(['df', './df', '/bin/d*', '/bin/ls; id', '/bin/ls $X', '/bin/ls ** x', '/bin/ls -** x', ''])(
  '%j is no rule, and says why',
  (text) => {
    const reading = readRule(text)
    expect(reading.kind).toBe('invalid')
  },
)
