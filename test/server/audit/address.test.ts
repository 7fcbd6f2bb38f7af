/** Which addresses the internet may reach. */

import { expect, test } from 'vitest'
import { isPublic, isUnspecified } from '../../../src/server/audit/address.ts'

test.each(['203.0.113.9', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2001:db8::1', '2a01:4f8::1%eth0'])(
  '%s is public',
  (address) => {
    expect(isPublic(address)).toBe(true)
  },
)

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.1.1',
  '169.254.1.1',
  '100.101.1.1',
  '::1',
  'fd7a:115c:a1e0::1',
  'fe80::1%en0',
  '0.0.0.0',
  '::',
  'localhost',
  '',
])('%s is not', (address) => {
  expect(isPublic(address)).toBe(false)
})

test('every spelling of no address in particular', () => {
  expect(['0.0.0.0', '::', '0:0:0:0:0:0:0:0', '::0'].map(isUnspecified)).toEqual([true, true, true, true])
  expect(['::1', '0.0.0.1', '10.0.0.0', ''].map(isUnspecified)).toEqual([false, false, false, false])
})
