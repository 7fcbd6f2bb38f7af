import { describe, expect, test } from 'vitest'
import { createGate, isCrossSite, passGate } from '../../../../src/server/gateway/admission/origin.ts'

const gate = createGate({ ports: [18789], allowedHosts: ['box.lan:18789'], allowedOrigins: ['https://ui.example'] })
const host = '127.0.0.1:18789'

const goodOrigins = ['http://127.0.0.1:18789', 'http://localhost:18789', 'http://[::1]:18789', 'https://ui.example']

const badOrigins = [
  ...['null', '', ' ', 'file://', 'file:///tmp/x.html', 'about:blank', 'data:', 'blob:http://127.0.0.1:18789'],
  ...['chrome-extension://abcdefghijklmnop', 'moz-extension://0a0a0a', 'safari-web-extension://x', 'app://obsidian.md'],
  ...['http://evil.com', 'https://evil.com', 'http://evil.com:18789', 'http://127.0.0.1.evil.com:18789'],
  ...['http://localhost.evil.com:18789', 'http://evil.com/127.0.0.1:18789', 'http://127.0.0.1:18789@evil.com'],
  ...['http://evil.com#127.0.0.1:18789', 'http://evil.com?127.0.0.1:18789', 'http://notlocalhost:18789'],
  ...['http://localhost', 'http://127.0.0.1', 'http://[::1]', 'http://localhost:80', 'http://localhost:18790'],
  ...['http://localhost:187890', 'http://localhost:1878', 'http://127.0.0.1:3000', 'http://localhost:5173'],
  ...['https://127.0.0.1:18789', 'https://localhost:18789', 'ws://127.0.0.1:18789', 'wss://localhost:18789'],
  ...['HTTP://127.0.0.1:18789', 'http://LOCALHOST:18789', 'http://Localhost:18789', 'https://UI.example'],
  ...['http://localhost.:18789', 'http://127.0.0.1.:18789', 'https://ui.example.', 'https://ui.example:443'],
  ...['http://127.0.0.1:18789/', 'http://127.0.0.1:18789 ', ' http://127.0.0.1:18789', 'http://127.0.0.1:018789'],
  ...['http://127.1:18789', 'http://2130706433:18789', 'http://0x7f000001:18789', 'http://0.0.0.0:18789'],
  ...['http://[::ffff:127.0.0.1]:18789', 'http://[0:0:0:0:0:0:0:1]:18789', 'http://127.0.0.2:18789'],
  ...[
    'http://ui.example',
    'https://sub.ui.example',
    'https://ui.example.evil.com',
    'https://evil.com, https://ui.example',
  ],
  ...['http://gateway.tail1234.ts.net:18789', 'https://gateway.tail1234.ts.net', 'http://box.lan:18789'],
]

describe('OR1', () => {
  test('the corpus is large enough', () => expect(badOrigins.length).toBeGreaterThanOrEqual(50))
  test.each(goodOrigins)('the origin %j may connect', (origin) => {
    expect(passGate(gate, { host, origin })).toEqual({ kind: 'open' })
  })
  test.each(badOrigins)('the origin %j is refused with 403', (origin) => {
    expect(passGate(gate, { host, origin })).toMatchObject({ kind: 'closed', status: 403 })
  })
  test('a program that sends no Origin may connect', () => {
    expect(passGate(gate, { host })).toEqual({ kind: 'open' })
  })
})

const goodHosts = ['127.0.0.1:18789', '[::1]:18789', 'localhost:18789', 'box.lan:18789']
const badHosts = [
  ...['', ' ', 'evil.com', 'evil.com:18789', '127.0.0.1', 'localhost', '[::1]', '127.0.0.1:80', 'localhost:18790'],
  ...[
    '127.0.0.1:187890',
    '127.0.0.1.evil.com:18789',
    'localhost.evil.com:18789',
    'localhost.:18789',
    'LOCALHOST:18789',
  ],
  ...['127.0.0.2:18789', '0.0.0.0:18789', '127.1:18789', '2130706433:18789', '[::ffff:127.0.0.1]:18789', '::1:18789'],
  ...['gateway.tail1234.ts.net', 'gateway.tail1234.ts.net:18789', 'x.ts.net:18789', 'box.lan', 'sub.box.lan:18789'],
  ...[
    'rebind.network:18789',
    '7f000001.c0a80001.rbndr.us:18789',
    'user@127.0.0.1:18789',
    '127.0.0.1:18789/',
    '192.168.1.5:18789',
  ],
]

describe('OR2', () => {
  test.each(goodHosts)('the Host %j is answered', (name) => {
    expect(passGate(gate, { host: name })).toEqual({ kind: 'open' })
  })
  test.each([undefined, ...badHosts])('the Host %j is refused with 421, before its Origin is looked at', (name) => {
    expect(passGate(gate, { host: name, origin: 'http://evil.com' })).toMatchObject({ kind: 'closed', status: 421 })
  })
  test('on port 80 the port may be left out, as browsers do', () => {
    const plain = createGate({ ports: [80] })
    expect(passGate(plain, { host: 'localhost', origin: 'http://localhost' })).toEqual({ kind: 'open' })
    expect(passGate(plain, { host: 'localhost:80', origin: 'http://localhost:80' })).toMatchObject({ status: 403 })
  })
})

test.each([
  ['cross-site', true],
  ['same-site', true],
  ['nonsense', true],
  ['same-origin', false],
  ['none', false],
  [undefined, false],
])('OR3: Sec-Fetch-Site %j counts as another site: %j', (site, expected) => {
  expect(isCrossSite({ 'sec-fetch-site': site })).toBe(expected)
})
