import { expect, test } from 'vitest'
import { parseServeConfig } from '../../../src/tunnel/tailscale/serve-config.ts'

test.each(['', '\n', 'null', '{}', 'No serve config', '{"TCP":null,"Web":null}'])('%j is nothing served', (text) => {
  expect(parseServeConfig(text)).toEqual({ handlers: [], tcpPorts: [], funnels: [] })
})

test('handlers, forwards, what Funnel makes public, and what a terminal keeps', () => {
  const config = parseServeConfig(
    JSON.stringify({
      TCP: { 443: { HTTPS: true }, 5432: { TCPForward: '127.0.0.1:5432' } },
      Web: {
        'Laptop.tail1234.ts.net:443': {
          Handlers: { '/': { Proxy: 'unix:/run/a.sock' }, '/files': { Path: '/srv' }, '/hi': { Text: 'hi' } },
        },
      },
      AllowFunnel: { 'laptop.tail1234.ts.net:443': true, 'laptop.tail1234.ts.net:8443': false },
      Foreground: {
        abc: { Web: { 'laptop.tail1234.ts.net:8443': { Handlers: { '/': { Proxy: 'http://127.0.0.1:3000' } } } } },
      },
      Services: { 'svc:db': {} },
    }),
  )
  const at = { host: 'laptop.tail1234.ts.net', port: 443, isForeground: false }
  expect(config?.handlers).toEqual([
    { ...at, path: '/', target: 'unix:/run/a.sock' },
    { ...at, path: '/files', target: '/srv' },
    { ...at, path: '/hi', target: 'a text' },
    { ...at, port: 8443, path: '/', target: 'http://127.0.0.1:3000', isForeground: true },
  ])
  expect(config).toMatchObject({ tcpPorts: [5432], funnels: ['laptop.tail1234.ts.net:443'] })
})

test.each(['<html>', '[]', '{"Web":[]}', '{"AllowFunnel":{"x":1}}', 'Access denied'])(
  '%j is not understood',
  (text) => {
    expect(parseServeConfig(text)).toBeUndefined()
  },
)
