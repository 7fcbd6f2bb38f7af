import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import {
  beneath,
  envFileSlips,
  readEnvFile,
  setInEnvFile,
  unsetInEnvFile,
  variablesOf,
} from '../../../src/shared/std/env-file.ts'
import { runs } from '../../support/runs.ts'

test.each([
  ['a plain value', 'A=b\n', { A: 'b' }],
  ['no line end', 'A=b', { A: 'b' }],
  ['blanks around', '  A = b c  \n', { A: 'b c' }],
  ['comments of both kinds', '# A=1\n; B=2\nC=3\n', { C: '3' }],
  ['a comment that goes on', '# A \\\nB=2\nC=3\n', { C: '3' }],
  ['a hash within a value', 'A=b # c\n', { A: 'b # c' }],
  ['double quotes', 'A="b \\"c\\" \\$d \\` \\\\ \\n"\n', { A: 'b "c" $d ` \\ \\n' }],
  ['single quotes', 'A=\'b \\ "c"\'\n', { A: 'b \\ "c"' }],
  ['quoted parts in a row', 'A="b"\'c\'d\n', { A: 'bcd' }],
  ['lines within quotes', 'A="b\nc"\nD=e\n', { A: 'b\nc', D: 'e' }],
  ['a value that goes on', 'A=b\\\nc\nD=e\n', { A: 'bc', D: 'e' }],
  ['an empty value', 'A=\nB=""\n', { A: '', B: '' }],
  ['one given twice', 'A=1\nA=2\n', { A: '2' }],
  ['names no variable has, and lines that are none', 'export A=1\n1B=2\nC\n=3\nD=4\n', { D: '4' }],
  ['a quote nobody closes', 'A="b\nC=d\n', { A: 'b\nC=d\n' }],
  ['a mark of the byte order, and Windows line ends', '\ufeffA=b\r\nC=d\r\n', { A: 'b', C: 'd' }],
])('as systemd reads it: %s', (_, text, expected) => expect(variablesOf(text)).toEqual(expected))

test('a value is changed where it stands, and every other line stays', () => {
  const text = '# mine\nA=1\n\nB="two\nlines" # odd\nC=3'
  expect(setInEnvFile(text, 'A', 'x y')).toBe('# mine\nA="x y"\n\nB="two\nlines" # odd\nC=3')
  expect(setInEnvFile(text, 'D', '4')).toBe(`${text}\nD=4\n`)
  expect(unsetInEnvFile(text, 'B')).toBe('# mine\nA=1\n\nC=3')
  expect(setInEnvFile('A=1\nB=2\nA=3\n', 'A', '4')).toBe('B=2\nA=4\n')
  expect(unsetInEnvFile('A=1\nA=3\n', 'A')).toBe('')
})

test.each([
  ['1A', 'x'],
  ['A B', 'x'],
  ['A', 'a\0b'],
  ['A', 'a\x1bb'],
])('what no variable can be is refused: %j=%j', (name, value) =>
  expect(() => setInEnvFile('', name, value)).toThrow(RangeError),
)

test('whatever is written is read again, and any text can be read', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'grapheme' }), (before, value) => {
      if (/\p{Cc}/u.test(value) || /["'\\]/.test(before)) return
      expect(variablesOf(setInEnvFile(before, 'NAME', value)).NAME).toBe(value)
    }),
    { numRuns: runs(300) },
  )
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'A=\'"\\\n #$x') }), (text) => {
      for (const { range } of readEnvFile(text)) expect(range[1]).toBeGreaterThan(range[0])
    }),
    { numRuns: runs(500) },
  )
})

test('a shell reads what we write as the same values', () => {
  const folder = mkdtempSync(join(tmpdir(), 'env-file-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const values = { A: 'plain', B: 'it\'s $HOME `id` \\ "x"', C: 'two\nlines', D: ' ends in blanks ', E: '日本語 #1;' }
  const text = Object.entries(values).reduce((file, [name, value]) => setInEnvFile(file, name, value), '# head\n')
  const path = join(folder, 'gateway.env')
  writeFileSync(path, text)
  const script = `. "$1"; for v in "$A" "$B" "$C" "$D" "$E"; do printf '%s\\0' "$v"; done`
  const told = execFileSync('sh', ['-c', script, 'sh', path], { encoding: 'utf8' })
  expect(told.split('\0').slice(0, -1)).toEqual(Object.values(values))
})

test('what the environment sets goes before the file; a blank there does not count', () => {
  expect(beneath({ A: 'env', B: '', C: undefined }, 'A=1\nB=2\nC=3\nD=4\n')).toEqual({
    A: 'env',
    B: '2',
    C: '3',
    D: '4',
  })
})

test.each([
  ['', []],
  ['# a\n; b\n \n\nA=1\nB = "x y" \'z\' tail\n', []],
  ['FOO\n=x\n', [1, 2]],
  ['A=1\nexport B=2\nC="1\n2"\nD', [2, 5]],
  ['A="1\nB=2\n', [1]],
  ["A='x' \"y", [1]],
])('what is passed over, and a quote without an end, is told with its line: %j', (text, lines) => {
  expect(envFileSlips(text).map(({ line }) => line)).toEqual(lines)
})
