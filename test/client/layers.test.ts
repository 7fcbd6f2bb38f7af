import { expect, test } from 'vitest'
import {
  advance,
  broken,
  failed,
  paused,
  plannedLayers,
  reached,
  resumed,
  type Waterfall,
} from '../../src/client/layers.ts'
import { Fault } from '../../src/shared/fault.ts'
import type { Way } from '../../src/tunnel/way.ts'

const fault = new Fault('ssh.unauthorized', 'no')
const ssh: Way = { kind: 'ssh', host: 'vps' }

/** `dns 12 ms 203.0.113.7 | tcp … | gateway`. */
function shown(layers: Waterfall): string {
  const parts = layers.map(({ layer, state, ms, detail }) => {
    const mark = { idle: '', begun: '…', up: 'up', failed: 'FAILED' }[state]
    return [layer, mark, ms === undefined ? '' : `${ms} ms`, detail ?? ''].filter((part) => part !== '').join(' ')
  })
  return parts.join(' | ')
}

/** `tcp+` begins a layer, `tcp` is up; each 10 ms after the one before. */
function follow(layers: Waterfall, ...events: string[]): Waterfall {
  return events.reduce((now, text, i) => {
    const [layer = '', detail] = text.replace('+', '').split(' ')
    const state = text.includes('+') ? 'begun' : 'up'
    return advance(now, { layer: layer as never, state, detail }, (i + 1) * 10)
  }, layers)
}

test.each<[string, Way, string]>([
  ['an address', { kind: 'direct', url: 'ws://127.0.0.1:1' }, 'tcp | gateway | live'],
  ['this machine by name', { kind: 'direct', url: 'ws://localhost:1' }, 'tcp | gateway | live'],
  ['a name', { kind: 'direct', url: 'wss://gw.example' }, 'dns | tcp | gateway | live'],
  ['ssh', ssh, 'dns | tcp | ssh | auth | gateway | live'],
  ['tailscale', { kind: 'tailscale', peer: 'desktop' }, 'dns | tcp | gateway | live'],
])('what lies on the way is known before: %s', (_what, way, layers) => {
  expect(shown(plannedLayers(way))).toBe(layers)
})

test('each layer has its time, and a detail that is kept', () => {
  const layers = follow(plannedLayers(ssh), 'dns+', 'dns 203.0.113.7', 'tcp+', 'tcp', 'ssh+ ed25519')
  expect(shown(layers)).toBe('dns up 10 ms 203.0.113.7 | tcp up 10 ms | ssh … ed25519 | auth | gateway | live')
  expect(reached(layers)).toBe('ssh')
})

test('a layer that begins again for a further hop goes on counting', () => {
  const hops = follow(plannedLayers(ssh), 'ssh+', 'ssh', 'auth+', 'auth publickey', 'ssh+', 'ssh', 'auth+')
  expect(shown(hops)).toBe('dns | tcp | ssh up 20 ms | auth … 10 ms publickey | gateway | live')
  expect(reached(hops)).toBe('auth')
})

test('the one being worked on is the one that breaks, else the one that should have come next', () => {
  const working = follow(plannedLayers(ssh), 'dns+', 'dns', 'tcp+', 'tcp', 'ssh+', 'ssh', 'auth+')
  expect(shown(broken(working, fault, 100))).toContain('auth FAILED 30 ms | gateway')
  expect(broken(working, fault, 100).find(({ layer }) => layer === 'auth')?.fault).toBe(fault)
  expect(shown(broken(follow(working, 'auth'), fault, 100))).toContain('gateway FAILED | live')
  // An address needs no name server; what was not begun yet behind the others is not that.
  expect(shown(broken(follow(plannedLayers(ssh), 'tcp', 'ssh', 'auth'), fault, 100))).toMatch(
    /^dns \|.* gateway FAILED/,
  )
  expect(shown(failed(working, 'live', fault, 100))).toContain('live FAILED')
})

test('a layer nobody foresaw takes its place', () => {
  const layers = follow(plannedLayers({ kind: 'direct', url: 'ws://127.0.0.1:1' }), 'dns+')
  expect(shown(layers)).toBe('dns … | tcp | gateway | live')
})

test('what a person takes to answer is no time of the layer that asks', () => {
  const asking = paused(follow(plannedLayers(ssh), 'tcp+', 'tcp', 'ssh+'), 50)
  expect(shown(asking)).toContain('tcp up 10 ms | ssh … 20 ms')
  const answered = advance(resumed(asking, 9_000), { layer: 'ssh', state: 'up' }, 9_005)
  expect(shown(answered)).toContain('tcp up 10 ms | ssh up 25 ms | auth |')
  expect(shown(broken(asking, fault, 9_000))).toContain('ssh FAILED 20 ms')
})
