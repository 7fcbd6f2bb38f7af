import { expect, test } from 'vitest'
import { initialState, type MachineEvent, type MachineState, retryBackoff, step } from '../../src/client/machine.ts'
import { Fault } from '../../src/shared/fault.ts'

const silence = new Fault('client.closed', 'went silent', { retryable: true })
const broken = new Fault('client.closed', 'was lost', { retryable: true })

/** An event without its generation gets the current one. */
type Line =
  | MachineEvent
  | { [K in MachineEvent['type']]: Omit<Extract<MachineEvent, { type: K }>, 'generation'> }[MachineEvent['type']]

/** Plays events and prints each step as `event → phase [effects]`. */
function play(...lines: Line[]): { story: string[]; state: MachineState } {
  return playFrom(initialState, ...lines)
}

function playFrom(from: MachineState, ...lines: Line[]): { story: string[]; state: MachineState } {
  let state = from
  const story = lines.map((line) => {
    const event = { generation: state.generation, ...line } as MachineEvent
    const result = step(state, event)
    state = result.state
    const effects = result.effects.map((effect) => {
      if (effect.type === 'wait') return `wait ${effect.delayMs}`
      if (effect.type === 'attempt') return effect.isBeside ? 'attempt beside' : 'attempt'
      return effect.type === 'drop' && effect.isWhole ? 'drop whole' : effect.type
    })
    return `${event.type} → ${state.phase}${effects.length > 0 ? ` [${effects.join(', ')}]` : ''}`
  })
  return { story, state }
}

const reached = (layer: 'dns' | 'tcp' | 'ssh' | 'auth' | 'gateway'): Line => ({ type: 'reached', layer })
const up: Line[] = [{ type: 'connect' }, { type: 'greeted' }, { type: 'attached', at: 0 }]
const lost = (at: number, fault = broken): Line => ({ type: 'lost', at, random: 0.5, fault })
const heard = (at: number, isAnswer = true): Line => ({ type: 'heard', at, isAnswer })
const beat = (at: number, gapMs = 1000, isNetworkNew = false): Line => ({
  ...{ type: 'beat', at, gapMs, isNetworkNew, random: 0.5, silence },
})
const beats = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => beat((from + i + 1) * 1000))

test('a connection comes up layer by layer, breaks, and comes back over the tunnel that is kept', () => {
  const way = [reached('dns'), reached('tcp'), reached('ssh'), reached('auth'), reached('gateway')]
  const again: Line[] = [{ type: 'timer' }, reached('gateway'), { type: 'greeted' }, { type: 'attached', at: 21_000 }]
  expect(play({ type: 'connect' }, ...way, ...up.slice(1), lost(40_000), ...again).story).toEqual([
    'connect → resolving [attempt]',
    'reached → resolving',
    'reached → connecting',
    'reached → connecting',
    'reached → authenticating',
    'reached → greeting',
    'greeted → greeting [install]',
    'attached → live [ping]',
    'lost → waiting [drop, wait 125]',
    'timer → resolving [attempt]',
    'reached → greeting',
    'greeted → greeting [install]',
    'attached → live [ping]',
  ])
})

test('a question holds an attempt up, wherever it is, until it is answered; nothing hurries it', () => {
  const asking = (isAsking: boolean): Line => ({ type: 'asking', isAsking })
  const story = play(
    { type: 'connect' },
    ...[reached('ssh'), asking(true), reached('auth'), { type: 'retry' } as const, beat(1000, 60_000, true)],
    ...[asking(false), lost(2000)],
  ).story
  expect(story).toEqual([
    'connect → resolving [attempt]',
    'reached → connecting',
    'asking → needs-user',
    'reached → needs-user',
    'retry → needs-user',
    'beat → needs-user',
    'asking → authenticating',
    'lost → waiting [drop, wait 125]',
  ])
  expect(play(...up, asking(true)).state.phase).toBe('live')
})

test.each([
  ...(['client.unauthorized', 'client.pairing-required', 'client.protocol-mismatch', 'client.untrusted'] as const),
  ...(['ssh.host-key-changed', 'ssh.host-key-unknown', 'ssh.needs-user', 'secret.unavailable'] as const),
])('TU11: %s is for a person to solve: no loop, and the way on is their wish', (code) => {
  const { story } = play(
    ...[{ type: 'connect' } as const, reached('gateway'), lost(1, new Fault(code, 'no')), { type: 'timer' } as const],
    ...[beat(1000, 90_000, true), { type: 'retry' } as const],
  )
  expect(story.slice(-4)).toEqual([
    'lost → failed [drop whole]',
    'timer → failed',
    'beat → failed',
    'retry → resolving [attempt]',
  ])
})

test('on this machine a gateway that comes back is found within 2 s, however long it was away', () => {
  let state: MachineState = step(initialState, { type: 'connect' }).state
  for (let i = 0; i < 12; i++) {
    const facts = { generation: state.generation, at: 0, random: 0.999, isNearby: true }
    state = step(state, { type: 'lost', fault: broken, ...facts }).state
    expect(state).toMatchObject({ phase: 'waiting' })
    expect(state.phase === 'waiting' && state.delayMs).toBeLessThanOrEqual(2_000)
    state = step(state, { type: 'timer', generation: state.generation }).state
  }
})

test('TU11: attempts spread over 0.25 s doubling to 15 s, without end', () => {
  let state: MachineState = step(initialState, { type: 'connect' }).state
  const delays: number[] = []
  for (let i = 0; i < 12; i++) {
    state = step(state, { type: 'lost', generation: state.generation, at: 0, random: 0.999, fault: broken }).state
    if (state.phase === 'waiting') delays.push(state.delayMs)
    state = step(state, { type: 'timer', generation: state.generation }).state
  }
  const rounded = delays.map((ms) => Math.round(ms / 10) * 10)
  expect(rounded).toEqual([...[250, 500, 1000, 2000, 4000, 7990], ...Array(6).fill(14_990)])
  expect(retryBackoff.capMs).toBe(15_000)
})

test('TU11: the backoff starts over only after 30 s of being live', () => {
  const again: Line[] = [{ type: 'timer' }, { type: 'greeted' }, { type: 'attached', at: 100 }]
  const early = play(...up, lost(1), ...again, lost(30_000))
  expect(early.state).toMatchObject({ attempt: 2, delayMs: 250 })
  const proven = play(...up, lost(1), ...again, lost(30_100))
  expect(proven.state).toMatchObject({ attempt: 1, delayMs: 125 })
})

test('a person who asks during an attempt does not wait long after its failure', () => {
  const broke = Array.from({ length: 6 }, (): Line[] => [lost(1), { type: 'timer' }]).flat()
  expect(play(...up, ...broke, lost(1)).state).toMatchObject({ delayMs: 7500 })
  expect(play(...up, ...broke, { type: 'retry' }, lost(1)).state).toMatchObject({ delayMs: 125, attempt: 1 })
})

test('a gateway that names a time is not asked before it', () => {
  const busy = new Fault('client.closed', 'starting', { retryable: true, retryAfterMs: 5000 })
  expect(play(...up, lost(1, busy)).state).toMatchObject({ delayMs: 5000 })
})

test('TU11: what an abandoned attempt reports later goes nowhere', () => {
  const { state } = play(...up)
  const refused = new Fault('client.unauthorized', 'wrong token')
  const stale = { generation: state.generation - 1 }
  expect(step(state, { type: 'lost', ...stale, at: 1, random: 0, fault: refused }).state).toBe(state)
  expect(step(state, { type: 'greeted', ...stale }).effects).toEqual([])
  const waiting = play(...up, lost(1)).state
  expect(step(waiting, { type: 'attached', generation: state.generation, at: 2 }).state).toBe(waiting)
})

test.each([
  ['waking', beat(2000, 60_000)],
  ['another network', beat(2000, 1000, true)],
])('%s ends a pause at once, and an attempt over what is gone begins anew', (_what, rousing) => {
  const broke = Array.from({ length: 6 }, (): Line[] => [lost(1), { type: 'timer' }]).flat()
  const pause = play(...up, ...broke, lost(1), beat(1000), rousing)
  expect(pause.story.slice(-2)).toEqual(['beat → waiting', 'beat → resolving [drop whole, attempt]'])
  expect(pause.state).toMatchObject({ attempt: 0 })
  const attempt = play({ type: 'connect' }, reached('tcp'), beat(1000), rousing)
  expect(attempt.story.slice(-2)).toEqual(['beat → connecting', 'beat → resolving [drop whole, attempt]'])
})

test('the person can end the waiting, and stopping ends everything', () => {
  expect(play(...up, lost(1), { type: 'retry' }).story.at(-1)).toBe('retry → resolving [attempt]')
  expect(play(...up, { type: 'stop' }).story.at(-1)).toBe('stop → idle [drop whole]')
  expect(play(...up, beat(61_000, 60_000), { type: 'stop' }).story.at(-1)).toBe('stop → idle [drop whole, drop whole]')
  expect(play(...up, { type: 'retry' }).story.at(-1)).toBe('retry → live [ping]')
})

test('silence is suspect after 8 s, and given up before 12 s; any sign of life clears it', () => {
  expect(play(...up, ...beats(0, 7)).state).toMatchObject({ phase: 'live', isSuspect: false })
  expect(play(...up, ...beats(0, 8)).state).toMatchObject({ phase: 'live', isSuspect: true })
  expect(play(...up, ...beats(0, 8), heard(8500)).state).toMatchObject({ isSuspect: false })
  // Beats that come late and just miss the limit: the worst there is.
  const late = Array.from({ length: 11 }, (_, i) => beat(10_490 - (10 - i) * 1040))
  const given = play(...up, ...late, beat(11_530))
  expect(given.story.at(-2)).toContain('live')
  expect(given.story.at(-1)).toBe('beat → connecting [drop whole]')
})

test('TR5: a live connection is pinged each 5 s', () => {
  const { story } = play(...up, ...beats(0, 5), heard(5100), ...beats(5, 10))
  expect(story.map((line, i) => (line.includes('[ping]') ? i - 2 : 0)).filter((n) => n > 0)).toEqual([5, 11])
})

test('a long silence dials a second connection, which takes over when the first is given up', () => {
  const silent = play(...up, ...beats(0, 8))
  expect(silent.story.at(-1)).toBe('beat → live [attempt beside]')
  const over = playFrom(silent.state, ...beats(8, 11))
  expect(over.story.at(-1)).toBe('beat → connecting [drop whole]')
  expect(playFrom(over.state, { type: 'greeted' }, { type: 'attached', at: 11_500 }).story).toEqual([
    'greeted → greeting [install]',
    'attached → live [ping]',
  ])
})

const asleep = [...up, beat(1000), beat(61_000, 60_000)]

test.each([
  ['the machine slept: only the wall time moved', 2000],
  ['the program was stopped: both times moved', 61_000],
])('TU10: after waking a ping and a second connection at once, and doubt is shown (%s)', (_why, at) => {
  const woken = play(...up, beat(1000), beat(at, 60_000))
  expect(woken.story.at(-1)).toBe('beat → live [ping, attempt beside]')
  expect(woken.state).toMatchObject({ isSuspect: true })
})

test('TU10: the first connection answers: it is kept, and the second one ends', () => {
  const kept = play(...asleep, heard(61_200))
  expect(kept.story.at(-1)).toBe('heard → live [drop whole]')
  expect(kept.state).toMatchObject({ isSuspect: false, beside: undefined, since: 0 })
})

test('TU10: what had arrived before the sleep is no answer, and ends no doubt', () => {
  const stale = play(...asleep, heard(61_001, false), beat(62_000))
  expect(stale.story.slice(-2)).toEqual(['heard → live', 'beat → live'])
  expect(stale.state).toMatchObject({ isSuspect: true, isDoubted: true, beside: expect.any(Number) })
  const silent = play(...up, ...beats(0, 8), heard(8_500, false))
  expect(silent.state).toMatchObject({ isSuspect: false })
})

test('TU10: the second connection answers first: it takes over, and what the first one says goes nowhere', () => {
  const { state } = play(...asleep)
  const beside = { generation: state.issued }
  const taken = playFrom(state, { type: 'greeted', ...beside }, { type: 'attached', ...beside, at: 61_500 })
  expect(taken.story).toEqual(['greeted → live [drop whole, install]', 'attached → live [ping]'])
  expect(taken.state).toMatchObject({ ...beside, isSuspect: false })
  expect(
    step(taken.state, { type: 'lost', generation: state.generation, at: 1, random: 0, fault: broken }).effects,
  ).toEqual([])
})

test('TU10: one miss of 3 s kills nothing, and a second connection that fails is tried again', () => {
  const { state } = play(...asleep)
  const failing: Line = { type: 'lost', generation: state.issued, at: 61_100, random: 0.5, fault: broken }
  const { story } = playFrom(state, failing, beat(62_000), beat(63_000), beat(64_000), beat(65_000))
  expect(story).toEqual([
    'lost → live [drop whole]',
    'beat → live [attempt beside]',
    ...['beat → live', 'beat → live', 'beat → live'],
  ])
  const asks = { ...failing, fault: new Fault('ssh.needs-user', 'asks') } as Line
  expect(playFrom(state, asks, beat(62_000), beat(63_000)).story.slice(1)).toEqual(['beat → live', 'beat → live'])
})

test('another network is asked about by a ping first, and by a second connection when that is not answered', () => {
  const moved = play(...up, beat(1000), beat(2000, 1000, true), beat(3000))
  expect(moved.story.slice(-2)).toEqual(['beat → live [ping]', 'beat → live [attempt beside]'])
  const answered = play(...up, beat(1000), beat(2000, 1000, true), heard(2100), beat(3000))
  expect(answered.story.at(-1)).toBe('beat → live')
})
