import { expect, test } from 'vitest'
import { initialState, type MachineEvent, type MachineState, retryBackoff, step } from '../../src/client/machine.ts'
import { Fault } from '../../src/shared/fault.ts'

const silence = new Fault('client.closed', 'went silent', { retryable: true })
const broken = new Fault('client.closed', 'was lost', { retryable: true })
const refused = new Fault('client.unauthorized', 'wrong token')

/** An event without its generation gets the current one. */
type Line =
  | MachineEvent
  | { [K in MachineEvent['type']]: Omit<Extract<MachineEvent, { type: K }>, 'generation'> }[MachineEvent['type']]

/** Plays events and prints each step as `event → phase [effects]`. */
function play(...lines: Line[]): { story: string[]; state: MachineState } {
  let state: MachineState = initialState
  const story = lines.map((line) => {
    const event = { generation: state.generation, ...line } as MachineEvent
    const result = step(state, event)
    state = result.state
    const effects = result.effects.map((effect) =>
      effect.type === 'wait'
        ? `wait ${effect.delayMs}`
        : effect.type === 'teardown' && effect.tunnel
          ? 'teardown+tunnel'
          : effect.type,
    )
    return `${event.type} → ${state.phase}${effects.length > 0 ? ` [${effects.join(', ')}]` : ''}`
  })
  return { story, state }
}

const up: Line[] = [{ type: 'connect' }, { type: 'tunnel-up' }, { type: 'opened' }, { type: 'hello', at: 0 }]
const lost = (at: number, layer: 'tunnel' | 'socket' | 'gateway' = 'socket', fault = broken): Line => ({
  type: 'lost',
  at,
  random: 0.5,
  layer,
  fault,
})
const beat = (at: number, wallGapMs = 1000): Line => ({ type: 'beat', at, wallGapMs, random: 0.5, silence })

test('a connection comes up, breaks, and comes back over the tunnel that is still there', () => {
  expect(play(...up, lost(20_000), { type: 'timer' }, { type: 'opened' }, { type: 'hello', at: 21_000 }).story).toEqual(
    [
      'connect → tunneling [open-tunnel]',
      'tunnel-up → dialing [establish]',
      'opened → greeting',
      'hello → live [ping]',
      'lost → waiting [teardown, wait 125]',
      'timer → dialing [establish]',
      'opened → greeting',
      'hello → live [ping]',
    ],
  )
})

test('a lost tunnel is opened again', () => {
  expect(play(...up, lost(1, 'tunnel'), { type: 'timer' }).story.slice(-2)).toEqual([
    'lost → waiting [teardown+tunnel, wait 125]',
    'timer → tunneling [open-tunnel]',
  ])
})

test.each(['client.unauthorized', 'client.pairing-required', 'client.protocol-mismatch', 'client.untrusted'] as const)(
  '%s is for a person to solve: no loop, and the way on is their wish',
  (code) => {
    const { story } = play(
      ...up.slice(0, 3),
      lost(1, 'gateway', new Fault(code, 'no')),
      { type: 'timer' },
      { type: 'retry' },
    )
    expect(story.slice(-3)).toEqual([
      'lost → failed [teardown+tunnel]',
      'timer → failed',
      'retry → tunneling [open-tunnel]',
    ])
  },
)

test('on this machine a gateway that comes back is found within 2 s, however long it was away', () => {
  let state: MachineState = step(initialState, { type: 'connect' }).state
  for (let i = 0; i < 12; i++) {
    const facts = { generation: state.generation, at: 0, random: 0.999, isNearby: true }
    state = step(state, { type: 'lost', layer: 'tunnel', fault: broken, ...facts }).state
    expect(state).toMatchObject({ phase: 'waiting' })
    expect(state.phase === 'waiting' && state.delayMs).toBeLessThanOrEqual(2_000)
    state = step(state, { type: 'timer', generation: state.generation }).state
  }
})

test('TU11: attempts spread over 0.25 s doubling to 15 s, without end', () => {
  let state: MachineState = step(initialState, { type: 'connect' }).state
  const delays: number[] = []
  for (let i = 0; i < 12; i++) {
    const { generation } = state
    const event: MachineEvent = { type: 'lost', generation, at: 0, random: 0.999, layer: 'socket', fault: broken }
    state = step(state, event).state
    if (state.phase === 'waiting') delays.push(state.delayMs)
    state = step(state, { type: 'timer', generation: state.generation }).state
  }
  expect(delays.map((ms) => Math.round(ms / 10) * 10)).toEqual([
    250,
    500,
    1000,
    2000,
    4000,
    7990,
    ...Array(6).fill(14_990),
  ])
  expect(retryBackoff.capMs).toBe(15_000)
})

test('TU11: the backoff starts over only after 10 s of being live', () => {
  const again: Line[] = [{ type: 'timer' }, { type: 'opened' }]
  const early = play(...up, lost(1), ...again, { type: 'hello', at: 100 }, lost(10_000))
  expect(early.state).toMatchObject({ attempt: 2, delayMs: 250 })
  const proven = play(...up, lost(1), ...again, { type: 'hello', at: 100 }, lost(10_100))
  expect(proven.state).toMatchObject({ attempt: 1, delayMs: 125 })
})

test('a person who asks during an attempt does not wait long after its failure', () => {
  const broke = Array.from({ length: 6 }, (): Line[] => [lost(1), { type: 'timer' }]).flat()
  expect(play(...up, ...broke, lost(1)).state).toMatchObject({ delayMs: 7500 })
  expect(play(...up, ...broke, { type: 'retry' }, lost(1)).state).toMatchObject({ delayMs: 125, attempt: 1 })
})

test('a gateway that names a time is not asked before it', () => {
  const busy = new Fault('client.closed', 'starting', { retryable: true, retryAfterMs: 5000 })
  expect(play(...up, lost(1, 'gateway', busy)).state).toMatchObject({ delayMs: 5000 })
})

test('TU11: what an abandoned attempt reports later goes nowhere', () => {
  const { state } = play(...up)
  const stale = { generation: state.generation - 1 }
  expect(step(state, { type: 'lost', ...stale, at: 1, random: 0, layer: 'socket', fault: refused }).state).toBe(state)
  const waiting = play(...up, lost(1)).state
  expect(step(waiting, { type: 'hello', generation: state.generation, at: 2 }).state).toBe(waiting)
})

test('silence is suspect after 8 s and the end after 12 s; any sign of life clears it', () => {
  const beats = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => beat((from + i + 1) * 1000))
  expect(play(...up, ...beats(0, 7)).state).toMatchObject({ phase: 'live', isSuspect: false })
  expect(play(...up, ...beats(0, 8)).state).toMatchObject({ phase: 'live', isSuspect: true })
  expect(play(...up, ...beats(0, 8), { type: 'heard', at: 8500 }).state).toMatchObject({ isSuspect: false })
  expect(play(...up, ...beats(0, 12)).state).toMatchObject({ phase: 'waiting', fault: silence })
})

test('a live connection is pinged each 5 s', () => {
  const { story } = play(...up, ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((s) => beat(s * 1000)))
  expect(story.map((line, i) => (line.includes('[ping]') ? i - 3 : 0)).filter((n) => n > 0)).toEqual([5, 10])
})

test.each([
  ['the machine slept: only the wall time moved', 2000, 60_000],
  ['the program was stopped: both times moved', 61_000, 60_000],
])('TU10: after waking one ping decides (%s)', (_why, at, wallGapMs) => {
  const woken = play(...up, beat(1000), beat(at, wallGapMs))
  expect(woken.story.at(-1)).toBe('beat → live [ping]')
  expect(woken.state).toMatchObject({ isSuspect: true })
  expect(play(...up, beat(1000), beat(at, wallGapMs), beat(at + 1000)).state.phase).toBe('live')
  expect(play(...up, beat(1000), beat(at, wallGapMs), beat(at + 1500)).state.phase).toBe('waiting')
  const answered = play(...up, beat(1000), beat(at, wallGapMs), { type: 'heard', at: at + 200 }, beat(at + 1500))
  expect(answered.state).toMatchObject({ phase: 'live', isSuspect: false })
})

test('the person can end the waiting, and stopping ends everything', () => {
  expect(play(...up, lost(1), { type: 'retry' }).story.at(-1)).toBe('retry → dialing [establish]')
  expect(play(...up, { type: 'stop' }).story.at(-1)).toBe('stop → idle [teardown+tunnel]')
  expect(play(...up, { type: 'retry' }).story.at(-1)).toBe('retry → live [ping]')
})
