import { expect, test } from 'vitest'
import { parseLine } from '../../src/cli/parse.ts'
import { wayFlags, waysOf } from '../../src/cli/way-flags.ts'
import type { SavedWay } from '../../src/client/profile.ts'

const read = (line: string, before: readonly SavedWay[] = []) =>
  waysOf(parseLine(line === '' ? [] : line.split(' '), 'profiles add', wayFlags).given, 'profiles add', before)

test.each([
  ['', undefined],
  ['--local', [{ kind: 'local' }]],
  ['--local --gateway-port 4000', [{ kind: 'local', port: 4000 }]],
  ['--ssh vps', [{ kind: 'ssh', host: 'vps' }]],
  ['--ssh me@vps:2222', [{ kind: 'ssh', user: 'me', host: 'vps', port: 2222 }]],
  ['--ssh ssh://me@vps:22/', [{ kind: 'ssh', user: 'me', host: 'vps', port: 22 }]],
  ['--ssh me@corp@[::1]:22', [{ kind: 'ssh', user: 'me@corp', host: '::1', port: 22 }]],
  ['--ssh fe80::1', [{ kind: 'ssh', host: 'fe80::1' }]],
  ['--ssh a --jump b,c --identity /k', [{ kind: 'ssh', host: 'a', jump: ['b', 'c'], identity: '/k' }]],
  ['--jump none --ssh a --socket /run/gw', [{ kind: 'ssh', host: 'a', jump: [], gatewaySocket: '/run/gw' }]],
  ['--ssh a --engine system --identity ~/k', [{ kind: 'ssh', host: 'a', engine: 'system', identity: '~/k' }]],
  ['--tailscale desk --gateway-port 80', [{ kind: 'tailscale', peer: 'desk', port: 80 }]],
  ['--url ws://a --insecure', [{ kind: 'direct', url: 'ws://a', insecure: true }]],
  [
    '--tailscale a --ssh a --gateway-port 1 --ssh b --gateway-port 2 --url wss://c --tls-fingerprint ff',
    [
      { kind: 'tailscale', peer: 'a' },
      { kind: 'ssh', host: 'a', gatewayPort: 1 },
      { kind: 'ssh', host: 'b', gatewayPort: 2 },
      { kind: 'direct', url: 'wss://c', tlsFingerprint: 'ff' },
    ],
  ],
])('%s', (line, ways) => {
  expect(read(line)).toEqual(ways)
})

test('a flag alone changes the only way it can belong to', () => {
  const tailscale = { kind: 'tailscale', peer: 'a' } as const
  const ssh = { kind: 'ssh', host: 'a', gatewayPort: 1, jump: ['b'] } as const
  expect(read('--socket /gw --jump c', [tailscale, { ...ssh, jump: ['b'] }])).toEqual([
    tailscale,
    { kind: 'ssh', host: 'a', gatewaySocket: '/gw', jump: ['c'] },
  ])
  expect(read('--ssh b', [tailscale])).toEqual([{ kind: 'ssh', host: 'b' }])
  expect(() => read('--gateway-port 2', [tailscale, { ...ssh, jump: ['b'] }])).toThrow('could belong to 2 of its ways')
  expect(() => read('--tls-fingerprint ff', [tailscale])).toThrow('--tls-fingerprint belongs to --url')
})

test.each([
  ['--jump a --ssh b --ssh c', '--jump stands before the way it belongs to'],
  ['--url wss://a --gateway-port 1', '--gateway-port belongs to --ssh or --tailscale or --local'],
  ['--tailscale a --insecure', '--insecure belongs to --url'],
  ['--jump a', '--jump belongs to --ssh'],
])('%s is a slip', (line, problem) => {
  expect(() => read(line)).toThrow(problem)
})
