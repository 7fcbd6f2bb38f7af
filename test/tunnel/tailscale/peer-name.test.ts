import { expect, test } from 'vitest'
import { isTailnetAddress, parsePeerName } from '../../../src/tunnel/tailscale/peer-name.ts'
import { way } from '../../../src/tunnel/way.ts'
import { wayOrigin } from '../../../src/tunnel/way-origin.ts'

test.each([
  ['desktop', 'desktop', 443],
  ['  Desktop ', 'desktop', 443],
  ['desktop.tail1234.ts.net', 'desktop.tail1234.ts.net', 443],
  ['desktop.tail1234.ts.net.', 'desktop.tail1234.ts.net', 443],
  ['https://desktop.tail1234.ts.net/', 'desktop.tail1234.ts.net', 443],
  ['HTTPS://Desktop.Tail1234.ts.net', 'desktop.tail1234.ts.net', 443],
  ['https://desktop.tail1234.ts.net:8443/', 'desktop.tail1234.ts.net', 8443],
  ['wss://desktop.tail1234.ts.net', 'desktop.tail1234.ts.net', 443],
  ['my_box', 'my_box', 443],
  ['100.101.1.2', '100.101.1.2', 443],
  ['https://100.101.1.2:8443/', '100.101.1.2', 8443],
  ['fd7a:115c:a1e0::101:102', 'fd7a:115c:a1e0::101:102', 443],
  ['[FD7A:115C:A1E0:0:0:0:0101:0102]', 'fd7a:115c:a1e0::101:102', 443],
])('%s is %s', (text, name, servePort) => {
  const parsed = parsePeerName(text)
  expect(parsed?.kind === 'address' ? parsed.address : parsed?.name).toBe(name)
  expect(parsed?.servePort).toBe(servePort)
})

test.each([
  '',
  '-oProxyCommand=x',
  '--socket=/tmp/x',
  'desktop:18789',
  'http://desktop.tail1234.ts.net',
  'https://desktop.tail1234.ts.net/path',
  'https://user:hunter2@desktop.tail1234.ts.net',
  'https://desktop.tail1234.ts.net/?token=hunter2',
  'ssh://desktop',
  'two words',
  '192.168.1.5',
  '8.8.8.8',
  '127.0.0.1',
  '100.128.0.1',
  '100.63.255.255',
  'fd7a:115c:a1e1::1',
  '::1',
])('%j is no machine of a tailnet, and no profile keeps it', (text) => {
  expect(parsePeerName(text)).toBeUndefined()
  expect(way().safeParse({ kind: 'tailscale', peer: text }).success).toBe(false)
})

test('the range Tailscale gives addresses from, to its edges', () => {
  expect(['100.64.0.0', '100.127.255.255', 'fd7a:115c:a1e0::'].map(isTailnetAddress)).toEqual([true, true, true])
  expect(['100.63.255.255', '100.128.0.0', '101.64.0.1', 'fd7a::1', 'x'].map(isTailnetAddress)).toEqual(
    Array(5).fill(false),
  )
})

test('AU16: two spellings of one machine are one origin; another port is another', () => {
  const origin = (peer: string, port?: number) =>
    wayOrigin({ kind: 'tailscale', peer, ...(port === undefined ? {} : { port }) })
  expect(origin('https://Desktop.tail1234.ts.net/')).toBe('tailscale://desktop.tail1234.ts.net:443')
  expect(origin('desktop.tail1234.ts.net.')).toBe('tailscale://desktop.tail1234.ts.net:443')
  expect(origin('https://desktop.tail1234.ts.net:8443')).toBe('tailscale://desktop.tail1234.ts.net:8443')
  expect(origin('desktop', 18_789)).toBe('tailscale://desktop:18789')
  expect(origin('fd7a:115c:a1e0::1', 18_789)).toBe('tailscale://[fd7a:115c:a1e0::1]:18789')
})
