import { expect, test } from 'vitest'
import { type BindFacts, bindHosts, needsTailnet } from '../../../src/server/gateway/bind.ts'

const interfaces = ['127.0.0.1', '::1', '192.168.1.5', 'fe80::1']
const hosts = (facts: Partial<BindFacts>) => bindHosts({ bind: 'loopback', addresses: interfaces, ...facts })

test('TR1: loopback is what it says, in both families', () => {
  expect(hosts({})).toEqual(['127.0.0.1', '::1'])
  expect(hosts({ bind: 'loopback', tailnet: '100.101.1.1', customHost: '192.168.1.5' })).toEqual(['127.0.0.1', '::1'])
})

test('lan is every address, custom exactly the one that was named', () => {
  expect(hosts({ bind: 'lan' })).toEqual(['0.0.0.0'])
  expect(hosts({ bind: 'custom', customHost: '192.168.1.5' })).toEqual(['192.168.1.5'])
  expect(() => hosts({ bind: 'custom' })).toThrow(expect.objectContaining({ code: 'gateway.bind-refused' }))
})

test('tailnet is the address Tailscale names and nothing else, or a refusal', () => {
  expect(hosts({ bind: 'tailnet', tailnet: '100.101.1.1' })).toEqual(['100.101.1.1'])
  expect(() => hosts({ bind: 'tailnet' })).toThrow(expect.objectContaining({ code: 'gateway.bind-refused' }))
})

test('TR1: auto prefers loopback, takes the tailnet where there is none, and never anything wider', () => {
  expect(hosts({ bind: 'auto', tailnet: '100.101.1.1' })).toEqual(['127.0.0.1', '::1'])
  const bare = { bind: 'auto' as const, addresses: ['192.168.1.5'] }
  expect(hosts({ ...bare, tailnet: '100.101.1.1' })).toEqual(['100.101.1.1'])
  expect(() => hosts(bare)).toThrow(expect.objectContaining({ code: 'gateway.bind-refused' }))
})

test('Tailscale is asked only where the answer matters', () => {
  const asked = (['loopback', 'lan', 'custom', 'tailnet', 'auto'] as const).filter((bind) =>
    needsTailnet({ bind, addresses: interfaces }),
  )
  expect(asked).toEqual(['tailnet'])
  expect(needsTailnet({ bind: 'auto', addresses: ['192.168.1.5'] })).toBe(true)
})
