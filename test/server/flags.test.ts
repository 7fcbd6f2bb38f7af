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

test.each(['port', 'token', 'password'])('an empty --%s, as an unset variable leaves it, is refused', (flag) => {
  for (const value of ['', ' ']) expect(() => parseServerFlags([`--${flag}`, value])).toThrow(`--${flag} is empty`)
})
