import { describe, expect, test } from 'vitest'
import { advance, broken, plannedLayers, type Waterfall } from '../../../src/client/layers.ts'
import { Fault } from '../../../src/shared/fault.ts'
import type { LayerName } from '../../../src/tunnel/layer.ts'
import { expectFrame } from '../../support/frames.ts'
import { type ScriptedGateway, scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, openUi } from '../../support/ui.tsx'

/** The layers of an SSH way as they come up, each with what it took. */
function reached(upTo: LayerName, times: Partial<Record<LayerName, [ms: number, detail: string]>>): Waterfall {
  let layers = plannedLayers({ kind: 'ssh', host: 'vps' })
  let at = 0
  for (const { layer } of layers) {
    layers = advance(layers, { layer, state: 'begun' }, at)
    if (layer === upTo) break
    const [ms, detail] = times[layer] ?? [0, '']
    at += ms
    layers = advance(layers, { layer, state: 'up', detail }, at)
  }
  return layers
}

const times = {
  dns: [3, '203.0.113.7'],
  tcp: [41, 'via jump'],
  ssh: [120, 'ssh-ed25519'],
  auth: [88, 'publickey'],
  gateway: [35, 'protocol 4'],
  live: [12, ''],
} as const satisfies Partial<Record<LayerName, [number, string]>>

const changed = new Fault(
  'ssh.host-key-changed',
  'The host key of vps has changed: line 7 of /home/me/.ssh/known_hosts',
  {
    remedy: 'If its owner says that this is right, remove that line and connect again.',
  },
)

const route = { route: 'ssh2 › jump › vps', url: 'ssh://vps/127.0.0.1:18789', transport: 'ssh' }

function fail(script: ScriptedGateway): void {
  const layers = broken(reached('ssh', times), changed, 60)
  script.become({ phase: 'failed', fault: changed, layers, ...route })
}

describe.each([
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
  { columns: 120, rows: 40 },
])('at $columns×$rows', (size) => {
  const name = (what: string) => `${what}-${size.columns}x${size.rows}`

  test('while it connects each layer is seen as it comes up, and one can write', async () => {
    const script = scriptedGateway()
    await using screen = await openUi(script, size)
    script.become({ phase: 'authenticating', layers: reached('auth', times), ...route })
    await screen.type('hello')
    await expectFrame(screen, name('layers'))
  })

  test('why it failed stands beside the layer that did, with what helps', async () => {
    const script = scriptedGateway()
    await using screen = await openUi(script, size)
    fail(script)
    await screen.after()
    await expectFrame(screen, name('layers-failed'))
    await screen.type('<ctrl+x>n')
    await expectFrame(screen, name('connection-failed'))
  })

  test('once it is live: how long each took, and the last five minutes', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script, size)
    script.become({ layers: reached('live', times).map((layer) => ({ ...layer, state: 'up' as const })), ...route })
    script.setLatency({
      samples: Array.from({ length: 60 }, (_, index) => ({ at: -index * 5_000, ms: 30 + (index % 9) * 7 })).reverse(),
      ...{ p50: 41, p95: 80 },
    })
    await screen.type('<ctrl+x>n')
    await screen.after()
    await expectFrame(screen, name('connection'))
  })
})

describe.each([
  { columns: 80, rows: 24 },
  { columns: 50, rows: 15 },
])('in a conversation at $columns×$rows', (size) => {
  test('why it failed is read with what helps, or where to read that is said', async () => {
    const script = scriptedGateway({
      'chat.history': ({ sessionKey }) => ({
        ...{ sessionKey, sessionId: 's1' },
        messages: [{ role: 'user', content: 'Hello', runId: 'old', timestamp: 1 }],
      }),
    })
    await using screen = await arrived(script, size)
    const fault = new Fault(
      'ssh.host-key-changed',
      'The host key of [127.0.0.1]:41322 has changed: it shows ssh-ed25519 SHA256:7v3hC8Vn0m1zQKq6bXq2y3rZ5sT8uW1xA4cE6fG9hJk, and line 12 of /home/me/.ssh/known_hosts says otherwise',
      { remedy: 'Somebody may be in between. Ask whoever runs that server; only if its key is new, remove line 12.' },
    )
    script.become({ phase: 'failed', fault, layers: broken(reached('ssh', times), fault, 60), ...route })
    await screen.after()
    await expectFrame(screen, `refused-${size.columns}x${size.rows}`)
    await screen.type('<ctrl+x>n')
    expect(screen.text().replace(/\s+/g, ' ')).toContain('only if its key is new, remove line 12.')
  })
})

test('its keys: connect now, profiles, close', async () => {
  const script = scriptedGateway()
  await using screen = await openUi(script)
  fail(script)
  await screen.type('/connection<enter>r')
  expect(script.calls.map(({ params }) => params)).toEqual(['retry'])
  await screen.type('p')
  expect(screen.text()).toContain('── Profiles ─')
  await screen.type('q')
  expect(screen.text()).toContain('Connecting to vps-1')
})

test('its figures move while one looks, and no timer is left behind', async () => {
  const script = scriptedGateway()
  await using screen = await arrived(script)
  await screen.after(2_000)
  script.setLatency({ samples: [], p50: 41, p95: 80 })
  await screen.type('<ctrl+x>n')
  expect(screen.text()).toContain('round trip 41 ms')
  script.setLatency({ samples: [], p50: 55, p95: 80 })
  await screen.after(5_000)
  expect(screen.text()).toContain('round trip 55 ms')
  await screen.type('q')
  expect(screen.clock.waiting).toBe(0)
})

test('after a break it is said how much came late, and that nothing is missing', async () => {
  const script = scriptedGateway()
  await using screen = await arrived(script)
  script.lose(0)
  script.arrive({ kind: 'resumed', replayed: 1284, runs: [] })
  await screen.after()
  expect(screen.text()).toContain('resumed: 1,284 events, 0 lost')
})

test('a gateway that may be gone is said above and below, whatever was going on', async () => {
  const script = scriptedGateway()
  await using screen = await arrived(script)
  script.say('run-9', 'half a', 0)
  script.become({ isSuspect: true })
  await screen.after()
  expect(screen.row(0)).toMatch(/^vps-1 · not answering/)
  expect(screen.text()).toContain('not answering · tries another connection')
  script.become({ isSuspect: false })
  await screen.after()
  expect(screen.text()).not.toContain('not answering')
  expect(screen.text()).toContain('writing')
})

test('the header says which way it goes and how quick that is', async () => {
  const script = scriptedGateway()
  await using screen = await arrived(script, { columns: 60 })
  script.become({ ...route, latencyMs: 41 })
  await screen.after()
  expect(screen.row(0)).toMatch(/^vps-1 · connected · 41 ms +main$/)
  await screen.resize({ columns: 80, rows: 24 })
  await screen.after(100)
  expect(screen.row(0)).toMatch(/^vps-1 · connected · ssh2 › jump › vps 41 ms +main$/)
})
