import { expect, test } from 'vitest'
import { Fault } from '../../../src/shared/fault.ts'
import type { Reading } from '../../../src/tunnel/tailscale/ask.ts'
import { reach } from '../../../src/tunnel/tailscale/reach.ts'
import { parseStatus } from '../../../src/tunnel/tailscale/status.ts'
import { plainWorld, statusDocument, type World } from '../../support/tailscale/world.ts'

const now = Date.parse('2026-11-25T12:00:00Z')

function reading(parts: Partial<World> = {}, isPartial = false): Reading {
  const status = parseStatus(JSON.stringify(statusDocument({ ...plainWorld, ...parts }, !isPartial)))
  return status ? { kind: 'status', status, isPartial } : { kind: 'failed', reason: 'printed nonsense' }
}

function outcome(peer: string, port?: number, from: Reading = reading()): string {
  try {
    const { url, address } = reach({ kind: 'tailscale', peer, ...(port === undefined ? {} : { port }) }, from, now)
    return `${url.origin} at ${address ?? 'DNS'}`
  } catch (error) {
    return error instanceof Fault ? `${error.code}: ${error.message}. ${error.remedy}` : `bug: ${String(error)}`
  }
}

test.each([
  ['desktop', undefined],
  ['Desktop', undefined],
  ['desktop.tail1234.ts.net', undefined],
  ['https://desktop.tail1234.ts.net/', undefined],
  ['100.101.1.2', undefined],
  ['fd7a:115c:a1e0::101:102', undefined],
])('%s without a port is Serve: TLS for the MagicDNS name, at the address Tailscale knows', (peer, port) => {
  expect(outcome(peer, port)).toBe('wss://desktop.tail1234.ts.net:443 at 100.101.1.2')
})

test('Serve on another port, a gateway of its own port, and this very machine', () => {
  expect(outcome('https://desktop.tail1234.ts.net:8443')).toBe('wss://desktop.tail1234.ts.net:8443 at 100.101.1.2')
  expect(outcome('desktop', 18_789)).toBe('ws://100.101.1.2:18789 at 100.101.1.2')
  expect(outcome('laptop', 18_789)).toBe('ws://100.101.1.1:18789 at 100.101.1.1')
  const onlySix = reading({ peers: [{ name: 'six', addresses: ['fd7a:115c:a1e0::6'] }] })
  expect(outcome('six', 18_789, onlySix)).toBe('ws://[fd7a:115c:a1e0::6]:18789 at fd7a:115c:a1e0::6')
})

test('a chosen host name will do while it is the only one; else the unique names are listed', () => {
  const peers = [{ name: 'box-7', hostName: 'Workshop', addresses: ['100.101.1.9'] }]
  expect(outcome('workshop', undefined, reading({ peers }))).toBe('wss://box-7.tail1234.ts.net:443 at 100.101.1.9')
  expect(outcome('iphone')).toContain(
    'Several machines are called iphone: phone.tail1234.ts.net, phone-1.tail1234.ts.net',
  )
})

test.each([
  [
    'destop',
    undefined,
    'tailscale.peer-unknown: There is no machine destop in the tailnet tail1234.ts.net. Did you mean desktop?',
  ],
  ['desktp.tail1234.ts.net', undefined, 'Did you mean desktop?'],
  ['100.101.1.99', undefined, 'tailscale.peer-unknown: There is no machine 100.101.1.99'],
  [
    'attic',
    undefined,
    'tailscale.peer-offline: attic is offline, last seen 3h ago. Wake it up, and check that Tailscale runs on it (windows)',
  ],
  ['old-box', undefined, 'tailscale.peer-offline: old-box must log in to Tailscale again: its key has expired'],
  ['-x', undefined, 'usage.invalid'],
] as const)('%s is told what is the matter', (peer, port, sentence) => {
  expect(outcome(peer, port)).toContain(sentence)
})

test('a machine without a MagicDNS name has no Serve, but its port can be dialled', () => {
  const from = reading({ peers: [{ name: 'bare', dnsName: '', addresses: ['100.101.1.8'] }] })
  expect(outcome('bare', undefined, from)).toContain('tailscale.peer-unknown: bare has no MagicDNS name')
  expect(outcome('bare', 18_789, from)).toBe('ws://100.101.1.8:18789 at 100.101.1.8')
})

const unsure: [string, Reading, string][] = [
  ['is not installed', { kind: 'missing' }, 'tailscale.missing'],
  ['does not run', { kind: 'down' }, 'tailscale.stopped'],
  ['hangs', { kind: 'failed', reason: 'did not answer in time' }, 'tailscale.failed'],
  ['is stopped', reading({ backend: 'Stopped' }), 'tailscale.stopped'],
  ['is logged out', reading({ backend: 'NeedsLogin' }), 'tailscale.logged-out'],
  ['has too many peers', reading({}, true), 'tailscale.failed'],
]

test.each(unsure)(
  'where Tailscale %s a whole name is dialled over TLS, as Funnel may serve it; nothing else is',
  (_how, from, code) => {
    expect(outcome('https://desktop.tail1234.ts.net/', undefined, from)).toBe(
      'wss://desktop.tail1234.ts.net:443 at DNS',
    )
    expect(outcome('desktop', undefined, from)).toContain(code)
    expect(outcome('100.101.1.2', undefined, from)).toContain(code)
  },
)

test.each(unsure)(
  'TR4: where Tailscale %s nothing is sent in plain text, not even to an address that looks like its own',
  (_how, from, code) => {
    expect(outcome('desktop.tail1234.ts.net', 18_789, from)).toContain(code)
    expect(outcome('100.101.1.2', 18_789, from)).toContain(code)
  },
)

test('TR4: plain text goes only to an address that Tailscale names as one of the tailnet', () => {
  expect(outcome('desktop.other9.ts.net', 18_789)).toContain('tailscale.peer-unknown')
  expect(outcome('gateway.example', 18_789)).toContain('tailscale.peer-unknown')
  expect(outcome('100.64.0.1', 18_789)).toContain('tailscale.peer-unknown')
})

test('a machine of another tailnet may be public through Funnel; any other name is unknown', () => {
  expect(outcome('https://blog.other9.ts.net/')).toBe('wss://blog.other9.ts.net:443 at DNS')
  expect(outcome('gateway.example')).toContain('tailscale.peer-unknown')
})
