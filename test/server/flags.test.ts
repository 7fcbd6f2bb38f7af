import { expect, test } from 'vitest'
import { parseServerFlags } from '../../src/server/flags.ts'

test('flags are read; what is no port, no choice or no flag is refused by name', () => {
  expect(parseServerFlags(['--port', '4000', '--bind', 'lan', '--token', 't'])).toEqual({
    port: 4000,
    bind: 'lan',
    token: 't',
  })
  for (const port of ['0', '65536', '4194x', '1.5']) {
    expect(() => parseServerFlags(['--port', port])).toThrow(`--port is "${port}", not a port`)
  }
  expect(() => parseServerFlags(['--bind', 'lann'])).toThrow('--bind lann is none of loopback, lan')
  expect(() => parseServerFlags(['--prot', '1'])).toThrow('did you mean --port?')
})

test('a flag without its value, or with one too many, is told as that', () => {
  expect(() => parseServerFlags(['--port'])).toThrow('--port needs a value <n>')
  expect(() => parseServerFlags(['--token', '-x'])).toThrow('one that begins with a dash is written --token=-')
  expect(parseServerFlags(['--token=-x'])).toEqual({ token: '-x' })
  expect(() => parseServerFlags(['--help=yes'])).toThrow('--help takes no value')
})

test.each(['port', 'token', 'password'])('an empty --%s, as an unset variable leaves it, is refused', (flag) => {
  for (const value of ['', ' ']) expect(() => parseServerFlags([`--${flag}`, value])).toThrow(`--${flag} is empty`)
})
