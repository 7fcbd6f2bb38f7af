import { describe, expect, test } from 'vitest'
import { advance, plannedLayers } from '../../../src/client/layers.ts'
import type { ProfileBook } from '../../../src/client/profile.ts'
import { Fault } from '../../../src/shared/fault.ts'
import { expectFrame } from '../../support/frames.ts'
import { scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, called, memoryKeep } from '../../support/ui.tsx'

const book: ProfileBook = {
  version: 1,
  current: 'vps-1',
  profiles: [
    { id: 'vps-1', name: 'vps-1', createdAt: 1, ways: [{ kind: 'direct', url: 'wss://vps.example' }], warm: true },
    {
      ...{ id: 'desktop', name: 'desktop', createdAt: 2, warm: true },
      ways: [
        { kind: 'tailscale', peer: 'desktop' },
        { kind: 'ssh', host: 'desktop.example', user: 'me' },
      ],
      secret: { source: 'file', secret: 'token' },
    },
    { id: 'tokyo', name: '東京', createdAt: 3, ways: [{ kind: 'ssh', host: 'tokyo.example' }] },
  ],
}

async function opened(size: { columns?: number; rows?: number } = {}) {
  const [script, warm] = [scriptedGateway(), scriptedGateway({ health: () => ({}) }, 'desktop')]
  const screen = await arrived(script, {
    ...{ ...size, book },
    others: [
      { name: 'desktop', script: warm, ways: ['tailscale desktop', 'ssh me@desktop.example'] },
      { id: 'tokyo', name: '東京', script: scriptedGateway({}, '東京'), isWarm: false, ways: ['ssh tokyo.example'] },
    ],
  })
  warm.arrive()
  warm.finish('run-9')
  await screen.after()
  await screen.type('<ctrl+x>g')
  await screen.after()
  return { screen, script, warm }
}

describe.each([
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
  { columns: 120, rows: 40 },
])('at $columns×$rows', (size) => {
  const name = (what: string) => `${what}-${size.columns}x${size.rows}`

  test('all profiles, and what is wrong with the chosen one', async () => {
    const { screen, warm } = await opened(size)
    await using _ = screen
    const remedy = 'Start Tailscale there, or reach it another way.'
    const fault = new Fault('tailscale.peer-offline', 'desktop is offline since 3 hours', { remedy, retryable: true })
    warm.become({ phase: 'waiting', fault, retryAt: screen.clock.now() + 5_000 })
    await screen.type('<down>')
    await screen.after()
    await expectFrame(screen, name('profiles'))
  })

  test('a new one is checked as it is typed', async () => {
    const { screen } = await opened(size)
    await using _ = screen
    await screen.type('amy vps<tab><tab>vps.example<tab>me<tab>22x')
    await expectFrame(screen, name('profile-form'))
  })
})

test('enter goes to what is missing, then saves; a secret is kept and shown nowhere', async () => {
  const { screen } = await opened()
  await using _ = screen
  await screen.type('anew<enter>')
  expect(screen.text()).toMatch(/Host .*is needed/)
  await screen.type('new.example<up>')
  await screen.type('<right><left>')
  for (let field = 0; field < 8; field++) await screen.type('<tab>')
  await screen.type('<right><right><right><right><tab><tab>')
  expect(screen.text()).toMatch(/Secret +shows as dots +is needed/)
  await screen.type('hunter2')
  expect(screen.text()).toContain('•••••••')
  expect(JSON.stringify(screen.ui.store.get())).not.toContain('hunter2')
  await screen.type('<enter>')
  await screen.after()
  expect(screen.text()).toContain('new is saved.')
  expect(screen.text()).toMatch(/○ new +ssh new\.example/)
  expect([...screen.saved.secrets.values()]).toEqual(['hunter2'])
  expect(screen.saved.book.profiles.at(-1)).toMatchObject({ name: 'new', secret: { source: 'file', secret: 'token' } })
})

test('a pasted secret is kept as it is; a form left for a moment is still there', async () => {
  const { screen } = await opened()
  await using _ = screen
  await screen.type('<down>e')
  for (let field = 0; field < 14; field++) await screen.type('<tab>')
  await screen.paste('two  spaces \nand a line')
  expect(screen.text()).toMatch(/Secret +•{12}(?!•)/)
  await screen.type('<ctrl+g>')
  expect(screen.text()).toContain('── Gateways ─')
  await screen.type('<esc>')
  await screen.after(100)
  await screen.type('<ctrl+x>g')
  expect(screen.text()).toContain('── Profile desktop ─')
  await screen.type('<enter>')
  await screen.after()
  expect(screen.saved.secrets.get('desktop')).toBe('two  spaces ')
})

test('one is edited; leaving with changes asks once', async () => {
  const { screen } = await opened()
  await using _ = screen
  await screen.type('<down>e')
  expect(screen.text()).toContain('── Profile desktop ─')
  expect(screen.text()).toMatch(/Reached by +‹ tailscale ›/)
  expect(screen.text()).toMatch(/Else by +‹ ssh ›/)
  await screen.type('2<esc>')
  await screen.after(100)
  expect(screen.text()).toContain('── Profile desktop ─')
  expect(screen.text()).toContain('esc again leaves without saving')
  await screen.type('<enter>')
  await screen.after()
  expect(screen.text()).toContain('desktop2 is saved.')
  expect(screen.saved.book.profiles[1]).toMatchObject({ id: 'desktop', name: 'desktop2', warm: true })
  await screen.type('e<esc>')
  await screen.after(100)
  expect(screen.text()).toContain('── Profiles ─')
})

test('one is deleted by pressing twice, kept warm or not, used for line commands', async () => {
  const { screen } = await opened()
  await using _ = screen
  await screen.type('<down><down>w')
  await screen.after()
  expect(screen.saved.book.profiles[2]).toMatchObject({ name: '東京', warm: true })
  expect(screen.text()).toMatch(/◌ 東京 +warm/)
  await screen.type('u')
  await screen.after()
  expect(screen.saved.book.current).toBe('tokyo')
  await screen.send('dd') // a paste without brackets, say
  await screen.after()
  expect(screen.text()).not.toContain('d again deletes')
  await screen.type('d')
  expect(screen.text()).toContain('d again deletes 東京')
  await screen.send('dad')
  await screen.after()
  expect(screen.saved.book.profiles).toHaveLength(3)
  await screen.type('d')
  await screen.after()
  expect(screen.saved.book.profiles.map(({ name }) => name)).toEqual(['vps-1', 'desktop'])
})

test('how quick each has been stands with it: the usual, the slow ones, the last five minutes', async () => {
  const { screen, script, warm } = await opened()
  await using _ = screen
  script.setLatency({ samples: [{ at: 0, ms: 12 }], p50: 12, p95: 30 })
  warm.setLatency({ samples: [{ at: 0, ms: 41 }], p50: 41, p95: 80 })
  await screen.after(5_000)
  expect(screen.text()).toMatch(/round trip 12 ms, slow ones 30 ms {2}5 min +\S/)
  await screen.type('<down>')
  await screen.after()
  expect(screen.text()).toMatch(/round trip 41 ms, slow ones 80 ms {2}5 min +\S/)
})

test('what was kept of a deleted one is not written again, also while it is still on screen', async () => {
  const keep = memoryKeep()
  await using screen = await arrived(scriptedGateway(), { book, keep })
  await screen.type('half a thought<ctrl+x>g')
  await screen.after()
  await screen.type('dd')
  await screen.after(1_000)
  expect(screen.saved.book.profiles.map(({ id }) => id)).not.toContain('vps-1')
  await screen.type('q more<ctrl+j>')
  await screen.after(1_000)
  expect(screen.text()).toContain('half a thought')
  screen.ui.flush()
  expect(keep.kept.drafts).toEqual({})
})

test('one that may not be deleted says why, and what is typed there is still kept', async () => {
  const keep = memoryKeep()
  await using screen = await arrived(scriptedGateway(), { book, keep })
  screen.saved.remove = async () => {
    const remedy = 'First: clawdbot tunnel down vps-1'
    throw new Fault('usage.invalid', 'The profile vps-1 is in use: its tunnel runs (process 7)', { remedy })
  }
  await screen.type('<ctrl+x>gdd')
  await screen.after()
  expect(screen.text()).toContain('The profile vps-1 is in use: its tunnel runs (process 7)')
  await screen.type('qhalf a thought')
  await screen.after(1_000)
  screen.ui.flush()
  expect(JSON.stringify(keep.kept.drafts)).toContain('half a thought')
})

test('one is tried out: it is connected to, or asked when it is connected', async () => {
  const { screen, warm } = await opened()
  await using _ = screen
  await screen.type('<down>t')
  await screen.after()
  expect(called(warm, 'health')).toHaveLength(1)
  expect(screen.text()).toContain('desktop answered in 1 ms.')
  await screen.type('<down>t')
  await screen.after()
  expect(screen.text()).toMatch(/◌ 東京/)
})

test('what broke last is told with its time also when it is over, and how it stands with the layer it is at', async () => {
  const { screen, warm } = await opened()
  await using _ = screen
  const layers = advance(plannedLayers({ kind: 'ssh', host: 'desktop' }), { layer: 'tcp', state: 'begun' }, 0)
  warm.become({ phase: 'idle' })
  warm.become({ phase: 'connecting', fault: undefined, layers })
  await screen.type('<down>')
  await screen.after()
  expect(screen.text()).toMatch(/desktop .*connecting: TCP/)
  warm.lose(screen.clock.now() + 5_000)
  warm.become({ phase: 'connecting', fault: undefined, retryAt: undefined })
  await screen.after()
  expect(screen.text()).toMatch(/desktop .*The gateway closed the.*connection lost: TCP/)
  warm.arrive({ kind: 'resumed', replayed: 0, runs: [] })
  await screen.after()
  expect(screen.text()).toMatch(/last error +\d\d:\d\d The gateway closed the connection\./)
})

test('a profile that leads elsewhere says what goes with it, asks once, and the screen is at the other gateway', async () => {
  const keep = memoryKeep()
  const [script, other] = [scriptedGateway(), scriptedGateway({}, 'new-1')]
  await using screen = await arrived(script, { book, keep, others: [{ name: 'new-1', script: other }] })
  await screen.type('half a thought<ctrl+x>g')
  await screen.after(1_000)
  keep.write({ drafts: {}, history: [] }) // as if it were deleted with the rest
  await screen.type('e<tab><tab>')
  expect(screen.text()).not.toContain('another gateway')
  await screen.type('<ctrl+u>wss://other.example')
  expect(screen.text().replace(/\s+/g, ' ')).toContain(
    'This leads to another gateway: saving deletes what is kept of the old one here (transcripts, drafts, unsent messages).',
  )
  await screen.type('<enter>')
  expect(screen.text()).toContain('enter again saves it and deletes what is kept of the old gateway')
  expect(screen.saved.book).toBe(book)
  await screen.type('<enter>')
  await screen.after()
  expect(screen.ui.fleet.current.id).toBe('new-1')
  expect(keep.kept.drafts).toEqual({})
  await screen.type('<esc>')
  await screen.after(100)
  await screen.type('<ctrl+g>')
  expect(screen.text()).toMatch(/vps-1 .*wss:\/\/other\.example/)
  expect(screen.ui.fleet.members.map(({ id }) => id)).toEqual(['new-1', 'desktop', 'tokyo'])
})
