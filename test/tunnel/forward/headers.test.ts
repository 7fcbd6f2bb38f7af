import { expect, test } from 'vitest'
import { refusalOf, translateHeaders, withoutHopByHop } from '../../../src/tunnel/forward/headers.ts'
import { parseGatewayUrl } from '../../../src/tunnel/gateway-url.ts'

const gateway = parseGatewayUrl('ws://127.0.0.1:18789')
const port = 18_790

test.each(['127.0.0.1:18790', 'localhost:18790', '[::1]:18790'])(
  '%s is the forward, and becomes the gateway',
  (host) => {
    const raw = ['Host', host, 'Origin', `http://${host}`, 'X-Host', host]
    expect(refusalOf(raw, port)).toBe(undefined)
    expect(translateHeaders(raw, port, gateway)).toEqual([
      ...['Host', '127.0.0.1:18789', 'Origin', 'http://127.0.0.1:18789', 'X-Host', host],
    ])
  },
)

test.each([
  ['wss://gateway.example', 'gateway.example', 'https://gateway.example'],
  ['wss://gateway.example:8443/claw', 'gateway.example:8443', 'https://gateway.example:8443'],
  ['ws://[::1]:80', '[::1]', 'http://[::1]'],
  ['unix:/run/clawdbot/gateway.sock', 'localhost', 'http://localhost'],
])('of %s the far side is told its own name', (url, host, origin) => {
  const raw = ['host', '127.0.0.1:18790', 'origin', 'http://localhost:18790']
  expect(translateHeaders(raw, port, parseGatewayUrl(url))).toEqual(['host', host, 'origin', origin])
})

test.each([
  ['evil.example:18790', 'http://evil.example:18790'],
  ['127.0.0.1.evil.example:18790', 'null'],
  ['localhost.:18790', 'http://localhost.:18790'],
  ['127.1:18790', 'file://'],
  ['LOCALHOSTS:18790', 'chrome-extension://abc'],
])('the name %s is nobody here: it goes on as it is, for the gateway to refuse', (host, origin) => {
  const raw = ['Host', host, 'Origin', origin]
  expect(refusalOf(raw, port)).toBe(undefined)
  expect(translateHeaders(raw, port, gateway)).toEqual(raw)
})

test.each([
  ['127.0.0.1:18789', 'the name the gateway would take for its own'],
  ['localhost:18789', 'the same by name'],
  ['LocalHost:18790', 'a spelling no browser sends'],
  ['[::1]:18789', 'the same in IPv6'],
  ['127.0.0.1', 'no port'],
  ['localhost:', 'an empty port'],
])('the Host %s ends here: %s', (host) => {
  expect(refusalOf(['Host', host], port)?.status).toBe(421)
})

test.each([
  'http://127.0.0.1:18789',
  'http://localhost:18789',
  'http://localhost:3000',
  'https://localhost:18790',
  'http://[::1]:8080',
  'http://localhost',
])('a page of %s is another program of this machine and ends here', (origin) => {
  expect(refusalOf(['Host', '127.0.0.1:18790', 'Origin', origin], port)?.status).toBe(403)
})

test('two Hosts, none, or two Origins are no request', () => {
  const host = ['Host', '127.0.0.1:18790']
  for (const raw of [[...host, ...host], [], [...host, 'Origin', 'null', 'origin', 'http://localhost:18790']]) {
    expect(refusalOf(raw, port)?.status).toBe(400)
  }
})

test('on port 80 a browser leaves the port out', () => {
  const raw = ['Host', 'localhost', 'Origin', 'http://localhost']
  expect(refusalOf(raw, 80)).toBe(undefined)
  expect(translateHeaders(raw, 80, gateway)).toEqual(['Host', '127.0.0.1:18789', 'Origin', 'http://127.0.0.1:18789'])
})

test('what speaks of one connection stays on it, by its own word too', () => {
  const raw = ['Connection', 'keep-alive, X-Here', 'X-Here', '1', 'Keep-Alive', '5', 'Accept', '*/*', 'Expect', 'x']
  expect(withoutHopByHop(raw, ['expect'])).toEqual(['Accept', '*/*'])
})
