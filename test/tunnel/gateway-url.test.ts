import { expect, test } from 'vitest'
import { Fault } from '../../src/shared/fault.ts'
import { parseGatewayUrl } from '../../src/tunnel/gateway-url.ts'

function outcome(text: string, isInsecureAllowed = false): string {
  try {
    return parseGatewayUrl(text, isInsecureAllowed).href
  } catch (error) {
    return error instanceof Fault ? error.code : `bug: ${String(error)}`
  }
}

const insecure = 'client.insecure-url'
const invalid = 'usage.invalid'

test.each([
  ['ws://127.0.0.1:18789', 'ws://127.0.0.1:18789/'],
  ['ws://127.8.9.10:1', 'ws://127.8.9.10:1/'],
  ['ws://localhost:18789/', 'ws://localhost:18789/'],
  ['ws://[::1]:18789', 'ws://[::1]:18789/'],
  ['ws://[::ffff:127.0.0.1]:18789', 'ws://[::ffff:7f00:1]:18789/'],
  ['ws://2130706433:18789', 'ws://127.0.0.1:18789/'],
  ['ws://0x7f.1:18789', 'ws://127.0.0.1:18789/'],
  ['127.0.0.1:18789', 'ws://127.0.0.1:18789/'],
  ['localhost:18789', 'ws://localhost:18789/'],
  ['http://127.0.0.1:18789', 'ws://127.0.0.1:18789/'],
  ['WS://LOCALHOST:18789', 'ws://localhost:18789/'],
  ['wss://gateway.example', 'wss://gateway.example:443/'],
  ['https://gateway.example/base/', 'wss://gateway.example:443/base/'],
  ['gateway.example', 'wss://gateway.example:443/'],
  ['wss://10.0.0.5:18789', 'wss://10.0.0.5:18789/'],
  ['  ws://127.0.0.1:18789 ', 'ws://127.0.0.1:18789/'],
  ['ws://gateway.example:18789', insecure],
  ['ws://10.0.0.5:18789', insecure],
  ['ws://192.168.1.5', insecure],
  ['ws://100.64.0.1:18789', insecure],
  ['ws://0.0.0.0:18789', insecure],
  ['ws://[::]:18789', insecure],
  ['ws://[fe80::1]:18789', insecure],
  ['ws://128.0.0.1:18789', insecure],
  ['ws://127.0.0.1.evil.example:18789', insecure],
  ['ws://localhost.evil.example', insecure],
  ['ws://localhost.:18789', insecure],
  ['ws://127.0.0.1@evil.example:18789', invalid],
  ['ws://user:pw@127.0.0.1:18789', invalid],
  ['ws://127.0.0.1:18789/?token=abc', invalid],
  ['ws://127.0.0.1:18789/#token=abc', invalid],
  ['ftp://127.0.0.1', invalid],
  ['ws://', invalid],
  ['', invalid],
])('TR4, AU15: %s is %s', (text, expected) => {
  expect(outcome(text)).toBe(expected)
})

test('TR4: a socket file of this machine is a gateway address too, and needs no TLS', () => {
  expect(parseGatewayUrl('unix:/run/user/1000/gw.sock')).toMatchObject({
    origin: 'unix:/run/user/1000/gw.sock',
    href: 'ws://localhost/',
    socketPath: '/run/user/1000/gw.sock',
    isLoopback: true,
    isSecure: false,
  })
  expect(['unix:relative.sock', 'unix:', 'unix://host/x'].map((text) => outcome(text))).toEqual(Array(3).fill(invalid))
})

test('TR4: a plain address elsewhere is dialled only when --insecure was typed for it', () => {
  expect(outcome('ws://10.0.0.5:18789', true)).toBe('ws://10.0.0.5:18789/')
  expect(outcome('ws://10.0.0.5:18789/?token=abc', true)).toBe(invalid)
})

test('AU15: a refused address is not repeated with its secret', () => {
  for (const text of ['ws://u:hunter2@127.0.0.1', 'ws://127.0.0.1/?token=hunter2', 'gopher://u:hunter2@x']) {
    expect.assertions(3)
    try {
      parseGatewayUrl(text)
    } catch (error) {
      expect(String(error)).not.toContain('hunter2')
    }
  }
})
