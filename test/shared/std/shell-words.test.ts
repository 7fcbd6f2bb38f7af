import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readShellWords, shellWords } from '../../../src/shared/std/shell-words.ts'
import { runs } from '../../support/runs.ts'

test.each([
  ['', []],
  [`code  --wait`, ['code', '--wait']],
  [`sh -c "exit 3"`, ['sh', '-c', 'exit 3']],
  [`'a b'c "d\\"e" f\\ g`, ['a bc', 'd"e', 'f g']],
  [`"" ''`, ['', '']],
  [`a "never closed`, ['a', 'never closed']],
])('a command line is read as a shell reads it: %s', (text, words) => {
  expect(readShellWords(text)).toEqual(words)
})

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      expect(readShellWords(shellWords(words))).toEqual(words)
    }),
    { numRuns: runs(400) },
  )
})
