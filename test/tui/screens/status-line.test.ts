import { describe, expect, test } from 'vitest'
import { advance, broken, plannedLayers, type Waterfall } from '../../../src/client/layers.ts'
import { Fault } from '../../../src/shared/fault.ts'
import { type ScriptedGateway, scriptedGateway } from '../../support/scripted-gateway.ts'
import { arrived, openUi } from '../../support/ui.tsx'

const refused = new Fault('client.refused', 'Nobody listens at ws://127.0.0.1:18789', {
  remedy: 'ctrl+r starts it again.',
  retryable: true,
})

const planned = plannedLayers({ kind: 'direct', url: 'ws://127.0.0.1:18789' })

/** The phases of an attempt, with its layers as they come up. */
const attempt: readonly ['resolving' | 'connecting' | 'greeting', Waterfall][] = [
  ['resolving', planned],
  ['connecting', advance(planned, { layer: 'tcp', state: 'begun' }, 0)],
  ['greeting', advance(advance(planned, { layer: 'tcp', state: 'up' }, 0), { layer: 'gateway', state: 'begun' }, 0)],
]

function lose(script: ScriptedGateway, retryAt: number): void {
  const layers = broken(advance(planned, { layer: 'tcp', state: 'begun' }, 0), refused, 1)
  script.become({ phase: 'waiting', fault: refused, retryAt, layers })
}

/** All rows but the one that says what is going on. */
const calm = (text: string): string =>
  text
    .split('\n')
    .filter((row) => !row.startsWith('connection lost'))
    .join('\n')

describe.each([
  { columns: 80, rows: 24 },
  { columns: 40, rows: 10 },
])('at $columns×$rows, while a lost gateway is tried again', (size) => {
  test('nothing moves but a word in the state line: not the header, the reason, the keys', async () => {
    const script = scriptedGateway()
    await using screen = await arrived(script, size)
    lose(script, screen.clock.now() + 2_000)
    await screen.after()
    const before = calm(screen.text())
    expect(before.replace(/\s+/g, ' ')).toContain('Nobody listens at ws://127.0.0.1:18789')
    expect(before).toContain('enter queue')
    for (const [phase, layers] of attempt) {
      script.become({ phase, fault: undefined, retryAt: undefined, layers })
      await screen.after()
      expect(calm(screen.text())).toBe(before)
      expect(screen.text()).toContain('connection lost, connecting')
    }
    lose(script, screen.clock.now() + 2_000)
    await screen.after()
    expect(calm(screen.text())).toBe(before)
    script.arrive({ kind: 'resumed', replayed: 0, runs: [] })
    await screen.after()
    expect(screen.text()).not.toContain('Nobody listens')
    expect(screen.text()).toContain('enter send')
  })

  test('the same before it was ever reached, where the reason stands beside its layer', async () => {
    const script = scriptedGateway()
    await using screen = await openUi(script, size)
    lose(script, screen.clock.now() + 2_000)
    await screen.after()
    const words = (text: string): string =>
      calm(text)
        .replaceAll(/[◌✗✓·…]|\d+ ms/g, '')
        .replaceAll(/\s+/g, ' ')
    const before = words(screen.text())
    expect(before).toContain('Nobody listens')
    for (const [phase, layers] of attempt) {
      script.become({ phase, fault: undefined, retryAt: undefined, layers })
      await screen.after()
      expect(words(screen.text())).toBe(before)
    }
  })
})

test('one that fell silent and is followed by an attempt at once is lost too, not new', async () => {
  const script = scriptedGateway()
  await using screen = await arrived(script)
  script.become({ isSuspect: true })
  script.become({ phase: 'connecting', isSuspect: false })
  await screen.after()
  expect(screen.text()).toMatch(/^vps-1 · connection lost/)
  expect(screen.text()).toContain('connection lost, connecting')
  expect(screen.text()).toContain('enter queue')
})

test('before the first connection enter is said to queue, which is what it does', async () => {
  await using screen = await openUi(scriptedGateway())
  expect(screen.text()).toContain('connecting to vps-1')
  expect(screen.text()).toContain('enter queue')
  expect(screen.text()).not.toContain('enter send')
})

test('what could not be done without a connection is said until it is back', async () => {
  const script = scriptedGateway()
  await using screen = await arrived(script)
  script.lose(screen.clock.now() + 2_000)
  await screen.type('/compact<enter>')
  await screen.after()
  expect(screen.text()).toContain('The gateway is not connected.')
  script.become({ phase: 'connecting', fault: undefined })
  await screen.after()
  expect(screen.text()).toContain('The gateway is not connected.')
  script.arrive({ kind: 'resumed', replayed: 0, runs: [] })
  await screen.after()
  expect(screen.text()).not.toContain('The gateway is not connected.')
})
