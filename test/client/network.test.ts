import { expect, test } from 'vitest'
import { networkAddresses } from '../../src/client/network.ts'

const one = (address: string, internal = false) => [{ address, internal } as never]

test('an address that reaches somewhere tells; loopback and what a cable gives itself do not', () => {
  const home = { lo: one('127.0.0.1', true), wifi: [...one('192.168.1.5'), ...one('fe80::1')] }
  expect(networkAddresses(home)).toBe('192.168.1.5')
  expect(networkAddresses({ ...home, cable: one('169.254.7.7') })).toBe('192.168.1.5')
  expect(networkAddresses({ ...home, cable: one('10.0.0.9') })).toBe('10.0.0.9 192.168.1.5')
  expect(networkAddresses({ lo: one('127.0.0.1', true) })).toBe('')
})
