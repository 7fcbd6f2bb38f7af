import { expect, test } from 'vitest'
import { bearerOf, checkSharedSecret, sameSecret } from '../../../../src/server/gateway/admission/auth.ts'
import { Secret } from '../../../../src/shared/std/secret.ts'

test.each([
  ['equal', 'aaaa', 'aaaa', true],
  ['different', 'aaaa', 'aaab', false],
  ['a prefix', 'aaa', 'aaaa', false],
  ['not ASCII, of the same length', 'aaaa', 'éaaa', false],
  ['not ASCII, equal', 'pässwörd', 'pässwörd', true],
  ['a lone surrogate', '\ud800', 'x', false],
  ['very long', 'x'.repeat(1_000_000), 'y', false],
  ['empty', '', 'x', false],
])('AU3: secrets that are %s are compared without throwing', (_, given, expected, result) => {
  expect(sameSecret(given, expected)).toBe(result)
})

const shared = { mode: 'token' as const, secret: new Secret('right') }

test.each([
  ['the right token', { token: 'right' }, 'match'],
  ['the right secret in the other field', { password: 'right' }, 'match'],
  ['a wrong token beside the right password', { token: 'wrong', password: 'right' }, 'match'],
  ['a wrong one', { token: 'wrong' }, 'mismatch'],
  ['nothing', {}, 'missing'],
  ['empty fields', { token: '', password: '' }, 'missing'],
])('%s: %j gives %s', (_, given, expected) => {
  expect(checkSharedSecret(shared, given)).toBe(expected)
})

test.each(['', ' ', 'undefined', 'null', 'changeme'])('AU14: a configured secret of %j lets nobody in', (value) => {
  expect(checkSharedSecret({ mode: 'token', secret: new Secret(value) }, { token: value })).toBe('not-configured')
  expect(checkSharedSecret(undefined, { token: value })).toBe('not-configured')
})

test.each([
  ['Bearer abc', 'abc'],
  ['bearer  abc ', 'abc'],
  ['Basic abc', undefined],
  ['Bearer', undefined],
  ['Bearer a b', 'a b'],
  ['Bearer  ', undefined],
  [undefined, undefined],
])('the header %j carries %j', (header, token) => expect(bearerOf(header)).toBe(token))
