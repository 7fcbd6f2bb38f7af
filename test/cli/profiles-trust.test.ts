import { expect, test } from 'vitest'
import { GatewayKeys } from '../../src/client/gateway-keys.ts'
import { systemClock } from '../../src/shared/std/clock.ts'
import { Home } from '../client/support.ts'
import { clawdbot } from './world.ts'

test('AU17: the key of a replaced gateway is forgotten by profile or by the address a refusal names, and only that', async () => {
  await using home = await Home.make()
  const keys = new GatewayKeys(home.paths.gatewayKeys, systemClock)
  const [a, b] = ['ws://127.0.0.1:7001', 'ws://127.0.0.1:7002']
  for (const origin of [a, b]) await keys.pin(origin, { publicKey: 'k', host: 'h' })
  await clawdbot(home, ['profiles', 'add', 'vps', '--url', a])
  const byName = await clawdbot(home, ['profiles', 'trust', 'vps'])
  expect(byName).toMatchObject({ code: 0, out: expect.stringContaining(`Forgot the key of ${a}`) })
  expect([await keys.get(a), await keys.get(b)]).toEqual([undefined, { publicKey: 'k', host: 'h' }])
  const byAddress = await clawdbot(home, ['profiles', 'trust', b, '--json'])
  expect(JSON.parse(byAddress.out)).toEqual({ forgotten: [b] })
  expect((await clawdbot(home, ['profiles', 'trust', 'vps'])).out).toContain('No key is known')
  expect((await clawdbot(home, ['profiles', 'trust', 'vsp'])).code).toBe(2)
})
