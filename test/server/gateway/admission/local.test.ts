import { describe, expect, test } from 'vitest'
import { bucketOf, describeSource, type Headers } from '../../../../src/server/gateway/admission/local.ts'

const loopbackHost = { host: '127.0.0.1:18789' }
const from = (socketAddress: string, headers: Headers = loopbackHost, trustedProxies: string[] = []) =>
  describeSource({ socketAddress, headers, trustedProxies })

/** What the peer is: direct (a program here), local (a browser here), or remote. */
const matrix: [string, string, Headers, 'direct' | 'local' | 'remote'][] = [
  ['plain IPv4 loopback', '127.0.0.1', {}, 'direct'],
  ['another loopback address', '127.8.8.8', {}, 'direct'],
  ['IPv6 loopback', '::1', {}, 'direct'],
  ['mapped loopback', '::ffff:127.0.0.1', {}, 'direct'],
  ['mapped loopback in hex', '::ffff:7f00:1', {}, 'direct'],
  ['long IPv6 loopback', '0:0:0:0:0:0:0:1', {}, 'direct'],
  ['Host localhost', '127.0.0.1', { host: 'localhost:18789' }, 'direct'],
  ['Host in brackets', '::1', { host: '[::1]:18789' }, 'direct'],
  ['Host without port', '127.0.0.1', { host: 'localhost' }, 'direct'],
  ['a user agent', '127.0.0.1', { 'user-agent': 'node' }, 'direct'],
  ['an authorization header', '127.0.0.1', { authorization: 'Bearer x' }, 'direct'],
  ['an Origin', '127.0.0.1', { origin: 'http://127.0.0.1:18789' }, 'local'],
  ['an Origin of null', '127.0.0.1', { origin: 'null' }, 'local'],
  ['an empty Origin', '127.0.0.1', { origin: '' }, 'local'],
  ['Sec-Fetch-Site', '127.0.0.1', { 'sec-fetch-site': 'same-origin' }, 'local'],
  ['Sec-Fetch-Mode', '127.0.0.1', { 'sec-fetch-mode': 'websocket' }, 'local'],
  ['no Host', '127.0.0.1', { host: undefined }, 'remote'],
  ['a foreign Host', '127.0.0.1', { host: 'evil.com:18789' }, 'remote'],
  ['a MagicDNS Host', '127.0.0.1', { host: 'box.tail1234.ts.net' }, 'remote'],
  ['a Host that starts right', '127.0.0.1', { host: 'localhost.evil.com' }, 'remote'],
  ['a Host with user part', '127.0.0.1', { host: 'localhost@evil.com' }, 'remote'],
  ['Forwarded', '127.0.0.1', { forwarded: 'for=127.0.0.1' }, 'remote'],
  ['X-Forwarded-For of loopback', '127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }, 'remote'],
  ['X-Forwarded-For empty', '127.0.0.1', { 'x-forwarded-for': '' }, 'remote'],
  ['X-Forwarded-Host', '127.0.0.1', { 'x-forwarded-host': 'localhost' }, 'remote'],
  ['X-Forwarded-Proto', '127.0.0.1', { 'x-forwarded-proto': 'https' }, 'remote'],
  ['X-Forwarded-Port', '127.0.0.1', { 'x-forwarded-port': '443' }, 'remote'],
  ['X-Forwarded-Server', '127.0.0.1', { 'x-forwarded-server': 'p' }, 'remote'],
  ['X-Forwarded alone', '127.0.0.1', { 'x-forwarded': 'x' }, 'remote'],
  ['X-Real-IP', '127.0.0.1', { 'x-real-ip': '127.0.0.1' }, 'remote'],
  ['X-Client-IP', '127.0.0.1', { 'x-client-ip': '127.0.0.1' }, 'remote'],
  ['True-Client-IP', '127.0.0.1', { 'true-client-ip': '127.0.0.1' }, 'remote'],
  ['Via', '127.0.0.1', { via: '1.1 proxy' }, 'remote'],
  ['CF-Connecting-IP', '127.0.0.1', { 'cf-connecting-ip': '127.0.0.1' }, 'remote'],
  ['CF-Ray', '127.0.0.1', { 'cf-ray': 'x' }, 'remote'],
  ['Tailscale-User-Login', '127.0.0.1', { 'tailscale-user-login': 'owner@example.com' }, 'remote'],
  ['Tailscale-Funnel-Request', '127.0.0.1', { 'tailscale-funnel-request': '?1' }, 'remote'],
  ['several forwarding headers', '127.0.0.1', { via: 'x', 'x-real-ip': 'y' }, 'remote'],
  ['a LAN peer', '192.168.1.9', {}, 'remote'],
  ['a LAN peer that claims loopback', '192.168.1.9', { 'x-forwarded-for': '127.0.0.1' }, 'remote'],
  ['a tailnet peer', '100.100.1.2', {}, 'remote'],
  ['an IPv6 peer', 'fd7a:115c:a1e0::1', {}, 'remote'],
  ['a mapped LAN peer', '::ffff:10.0.0.1', {}, 'remote'],
  ['no address at all', '', {}, 'remote'],
]

describe('AU8', () => {
  test.each(matrix)('%s', (_, address, headers, expected) => {
    const { isLocal, isDirect } = from(address, { ...loopbackHost, ...headers })
    expect({ isLocal, isDirect }).toEqual({ isLocal: expected !== 'remote', isDirect: expected === 'direct' })
  })
})

describe('AU8', () => {
  const through = (headers: Headers, trustedProxies: string[] = []) =>
    describeSource({ entrance: 'socket', socketAddress: '', headers, trustedProxies })

  test('a program at the socket file is a direct one, a browser never is, and behind a proxy nobody is local', () => {
    expect(through({ host: 'localhost' })).toMatchObject({ address: 'unix', isLocal: true, isDirect: true })
    expect(through({ host: 'localhost', origin: 'https://ui.example' })).toMatchObject({
      isLocal: true,
      isDirect: false,
    })
    expect(through({ host: 'gw.example' })).toMatchObject({ isLocal: false, isDirect: false })
    const proxied = through({ host: 'localhost', 'x-forwarded-for': '9.9.9.9' }, ['127.0.0.1'])
    expect(proxied).toMatchObject({ address: 'unix', isLocal: false, key: 'loopback/forwarded' })
  })
})

describe('AU5', () => {
  test('an address and its IPv6-mapped spellings share a bucket', () => {
    const keys = ['1.2.3.4', '::ffff:1.2.3.4', '::FFFF:1.2.3.4', '::ffff:102:304', '0:0:0:0:0:ffff:1.2.3.4']
    expect(new Set(keys.map((address) => from(address).key))).toEqual(new Set(['1.2.3.4']))
  })
  test('IPv6 addresses of one /64 share a bucket, others do not', () => {
    expect(bucketOf('2001:db8:1:2:3:4:5:6')).toBe(bucketOf('2001:db8:1:2::'))
    expect(bucketOf('fe80::1%eth0')).toBe(bucketOf('fe80::2'))
    expect(bucketOf('2001:db8:1:3::1')).not.toBe(bucketOf('2001:db8:1:2::1'))
  })
  test('forwarded addresses count only from a trusted proxy, and only the nearest that is not one', () => {
    const headers = { ...loopbackHost, 'x-forwarded-for': '6.6.6.6, 9.9.9.9, 10.0.0.2' }
    expect(from('8.8.8.8', headers).address).toBe('8.8.8.8')
    expect(from('10.0.0.1', headers, ['10.0.0.1', '10.0.0.2']).address).toBe('9.9.9.9')
    expect(from('::ffff:10.0.0.1', headers, ['10.0.0.1', '10.0.0.2']).address).toBe('9.9.9.9')
    expect(from('10.0.0.1', { 'x-forwarded-for': 'nonsense' }, ['10.0.0.1']).address).toBe('10.0.0.1')
  })
  test('changing the forwarded address does not change the bucket of an untrusted peer', () => {
    const keys = Array.from(
      { length: 50 },
      (_, i) => from('127.0.0.1', { ...loopbackHost, 'x-forwarded-for': `5.5.5.${i}` }).key,
    )
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).not.toBe(from('127.0.0.1').key)
  })
})
