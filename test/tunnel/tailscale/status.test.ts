import { expect, test } from 'vitest'
import { parseStatus } from '../../../src/tunnel/tailscale/status.ts'
import { plainWorld, statusDocument } from '../../support/tailscale/world.ts'

const read = (parts: Partial<typeof plainWorld> = {}, withPeers = true) =>
  parseStatus(JSON.stringify(statusDocument({ ...plainWorld, ...parts }, withPeers)))

test('a running tailnet: who we are, who is there, and how packets travel', () => {
  const status = read()
  expect(status).toMatchObject({
    state: 'running',
    version: '1.94.1',
    magicDnsSuffix: 'tail1234.ts.net',
    certDomains: ['laptop.tail1234.ts.net'],
    isUserspace: false,
    keyExpiresAt: Date.UTC(2027, 4, 1),
    self: { name: 'laptop', dnsName: 'laptop.tail1234.ts.net', addresses: ['100.101.1.1', 'fd7a:115c:a1e0::101:101'] },
  })
  expect(status?.capabilities).toContain('https')
  const peers = new Map(status?.peers.map((peer) => [peer.name, peer]))
  expect(peers.get('desktop')?.path).toEqual({ kind: 'direct' })
  expect(peers.get('vps')?.path).toEqual({ kind: 'relayed', region: 'fra' })
  expect(peers.get('phone')).toMatchObject({
    hostName: 'iPhone',
    path: undefined,
    isOnline: true,
    lastSeenAt: undefined,
  })
  expect(peers.get('attic')).toMatchObject({ isOnline: false, lastSeenAt: Date.parse('2026-11-25T09:00:00.1Z') })
  expect(peers.get('old-box')?.isExpired).toBe(true)
})

test.each([
  ['NeedsLogin', 'logged-out'],
  ['NeedsMachineAuth', 'unapproved'],
  ['Stopped', 'stopped'],
  ['Starting', 'starting'],
  ['NoState', 'starting'],
] as const)('%s means %s, also without peers', (backend, state) => {
  expect(read({ backend }, false)).toMatchObject({ state, peers: [] })
})

test('what an older or stranger Tailscale leaves out or adds does no harm', () => {
  const bare = { BackendState: 'Running', Self: { HostName: 'box', TailscaleIPs: null }, Peer: null, Future: { a: 1 } }
  expect(parseStatus(JSON.stringify(bare))).toMatchObject({
    state: 'running',
    self: { name: 'box', dnsName: '', addresses: [] },
    magicDnsSuffix: '',
    certDomains: [],
    peers: [],
  })
})

test.each([
  '',
  'null',
  '[]',
  '{}',
  'Logged out.',
  '{"BackendState":"Dreaming"}',
  '{"BackendState":"Running","Peer":[]}',
  '{"BackendState":"Running","__proto__":{}}',
  '['.repeat(10_000),
])('%.40j is no status', (text) => {
  expect(parseStatus(text)).toBeUndefined()
})
