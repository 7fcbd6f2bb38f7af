import { expect, test } from 'vitest'
import { decodeHeaderText } from '../../../../src/server/gateway/admission/header-text.ts'

test.each([
  ['ada@example.com', 'ada@example.com'],
  ['', ''],
  ['=?utf-8?q?J=C3=BCrgen@example.com?=', 'Jürgen@example.com'],
  ['=?utf-8?q?a_b?=', 'a b'],
  ['=?UTF-8?Q?=E2=9C=93?=', '✓'],
  ['=?utf-8?q?J=C3=BC?= =?utf-8?q?rgen?=', 'Jürgen'],
])('TS8: %s is %s', (value, text) => {
  expect(decodeHeaderText(value)).toBe(text)
})

test.each([
  '=?utf-8?q?=FF?=',
  '=?utf-8?q?=C3?=',
  '=?utf-8?q?=?=',
  '=?utf-8?q?=ZZ?=',
  '=?utf-8?b?YWRh?=',
  '=?iso-8859-1?q?=FC?=',
  '=?utf-8?q?ada?= x',
  '=?utf-8?q?a?b?=',
  'jürgen@example.com',
  'ada\u0000@example.com',
])('TS8: %j is nothing that Serve would write, so it is nobody', (value) => {
  expect(decodeHeaderText(value)).toBeUndefined()
})
