import { expect, test } from 'vitest'
import type { Headers } from '../../../src/server/gateway/admission/local.ts'
import { createIdentify } from '../../../src/server/tailnet/identity.ts'
import { createWhois } from '../../../src/tunnel/tailscale/whois.ts'
import { ManualClock } from '../../support/clock.ts'
import { type LocalApi, startLocalApi } from '../../support/tailscale/local-api.ts'

const address = '100.101.1.2'
const fromAda = { 'tailscale-user-login': 'ada@example.com', 'x-forwarded-for': address, 'x-forwarded-proto': 'https' }

async function world(owners: string[] = ['Ada@example.com']) {
  const api: LocalApi = await startLocalApi({
    [address]: { login: 'ada@example.com' },
    '100.101.1.3': { login: 'bob@example.com' },
    '100.101.1.4': { login: 'ada@example.com', tags: ['tag:server'] },
    '100.101.1.5': { login: 'jürgen@example.com' },
  })
  const clock = new ManualClock()
  const whois = createWhois(async () => ({ kind: 'missing' }), api.socketPath)
  return { api, clock, owners, identify: createIdentify({ whois, owners: () => owners, clock }) }
}

test('TS5: header, daemon and list agree, or it is nobody', async () => {
  const { api, identify } = await world()
  await using _api = api
  expect(await identify(fromAda)).toBe('ada@example.com')
  const nobody: Headers[] = [
    {},
    { ...fromAda, 'tailscale-user-login': 'bob@example.com' },
    { ...fromAda, 'tailscale-user-login': 'bob@example.com', 'x-forwarded-for': '100.101.1.3' },
    { ...fromAda, 'x-forwarded-for': '100.101.1.3' },
    { ...fromAda, 'x-forwarded-for': '100.101.1.4' },
    { ...fromAda, 'x-forwarded-for': '100.101.1.99' },
    { ...fromAda, 'x-forwarded-for': `${address}, 100.101.1.3` },
    { ...fromAda, 'x-forwarded-for': '127.0.0.1' },
    { ...fromAda, 'x-forwarded-for': undefined },
    { ...fromAda, 'x-forwarded-proto': 'http' },
    { ...fromAda, 'x-forwarded-proto': undefined },
    { ...fromAda, 'tailscale-user-login': undefined },
    { ...fromAda, 'tailscale-user-login': '' },
    { ...fromAda, 'tailscale-user-login': ['ada@example.com', 'bob@example.com'] },
  ]
  expect(await Promise.all(nobody.map(identify))).toEqual(nobody.map(() => undefined))
})

test('TS6: what came in through Funnel is nobody, whatever else its headers say', async () => {
  const { api, identify } = await world()
  await using _api = api
  for (const mark of ['?1', '?0', '']) {
    expect(await identify({ ...fromAda, 'tailscale-funnel-request': mark })).toBeUndefined()
  }
  expect(api.asked).toEqual([])
})

test('TS8: a name that is not ASCII is decoded and compared with what the daemon says', async () => {
  const { api, identify } = await world(['jürgen@example.com'])
  await using _api = api
  const encoded = { ...fromAda, 'tailscale-user-login': '=?utf-8?q?J=C3=BCrgen@example.com?=' }
  expect(await identify({ ...encoded, 'x-forwarded-for': '100.101.1.5' })).toBe('jürgen@example.com')
  expect(await identify(encoded)).toBeUndefined()
})

test('TS5: an answer counts for 60 s and no longer, a refusal never; a list that changed counts at once', async () => {
  const { api, clock, owners, identify } = await world()
  await using _api = api
  expect([await identify(fromAda), await identify(fromAda), api.asked.length]).toEqual([
    'ada@example.com',
    'ada@example.com',
    1,
  ])
  api.nodes.delete(address)
  await clock.advance(59_000)
  expect(await identify(fromAda)).toBe('ada@example.com')
  await clock.advance(1000)
  expect(await identify(fromAda)).toBeUndefined()
  api.nodes.set(address, { login: 'ada@example.com' })
  expect(await identify(fromAda)).toBe('ada@example.com')
  owners.length = 0
  expect(await identify(fromAda)).toBeUndefined()
})

test('TS5: a daemon in trouble lets nobody in, and somebody who is on no list is not even asked about', async () => {
  const { api, identify } = await world()
  await using _api = api
  expect(await identify({ ...fromAda, 'tailscale-user-login': 'eve@example.com' })).toBeUndefined()
  expect(api.asked).toEqual([])
  api.trouble = 'garbled'
  expect(await identify(fromAda)).toBeUndefined()
})
