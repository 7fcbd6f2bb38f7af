import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCommandLine } from '../../src/exec/words.ts'
import { shellWords } from '../../src/shared/std/shell-words.ts'
import { runs } from '../support/runs.ts'

test.each<[string, string[]]>([
  ['ls', ['ls']],
  ['  ls\t-la  /tmp ', ['ls', '-la', '/tmp']],
  ["echo 'a b' c", ['echo', 'a b', 'c']],
  ['echo "a b" c', ['echo', 'a b', 'c']],
  [`echo a"b c"'d e'f`, ['echo', 'ab cd ef']],
  ['echo a\\ b \\$x', ['echo', 'a b', '$x']],
  ['echo "\\$x \\"q\\" \\\\ \\n"', ['echo', '$x "q" \\ \\n']],
  [`echo '' ""`, ['echo', '', '']],
  [`echo '$x;|&*~'`, ['echo', '$x;|&*~']],
  ['git commit -m "fix: a; b"', ['git', 'commit', '-m', 'fix: a; b']],
  ['a~b c#d e!f', ['a~b', 'c#d', 'e!f']],
  ['echo 日本語', ['echo', '日本語']],
])('%j is read as plain words', (text, words) => {
  expect(readCommandLine(text)).toEqual({ kind: 'plain', words })
})

test('words quoted for showing read back as the same words', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !/[\0\n\r]/.test(text))
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (rest) => {
      const words = ['program', ...rest]
      expect(readCommandLine(shellWords(words))).toEqual({ kind: 'plain', words })
    }),
    { numRuns: runs(300) },
  )
})

test('what is called plain means the same to /bin/sh', () => {
  const piece = fc.constantFrom(
    'a',
    ' ',
    "'",
    '"',
    '\\',
    '$',
    '*',
    ';',
    '~',
    '#',
    '=',
    '-',
    '{',
    '!',
    '\t',
    '%',
    '^',
    'x y',
  )
  const texts = fc.sample(fc.array(piece, { maxLength: 8 }), { numRuns: 2000, seed: 7 }).map((parts) => parts.join(''))
  const plain = texts.flatMap((text) => {
    const line = readCommandLine(`printf %s: ${text}`)
    return line.kind === 'plain'
      ? [
          {
            text,
            shown: line.words
              .slice(2)
              .map((word) => `${word}:`)
              .join(''),
          },
        ]
      : []
  })
  expect(plain.length).toBeGreaterThan(100)
  const script = plain.map(({ text }) => `printf %s: ${text}\necho`).join('\n')
  const expected = plain.map(({ shown }) => `${shown || ':'}\n`).join('')
  expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', cwd: '/' })).toBe(expected)
})
