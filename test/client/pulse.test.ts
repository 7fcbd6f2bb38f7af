import { expect, test } from 'vitest'
import { Pulse, type Tick } from '../../src/client/pulse.ts'
import { ManualClock } from '../support/clock.ts'

function pulse() {
  const clock = new ManualClock()
  const ticks: Omit<Tick, 'at'>[] = []
  const at = { network: 'home' }
  const own = new Pulse(
    clock,
    () => at.network,
    ({ gapMs, isNetworkNew }) => ticks.push({ gapMs, isNetworkNew }),
  )
  return { clock, ticks, at, own }
}

test('it beats as often as is wanted, and not when it is not', () => {
  const { clock, ticks, own } = pulse()
  own.run(1_000)
  clock.advance(3_000)
  own.run(1_000)
  expect(ticks).toHaveLength(3)
  own.run(500)
  clock.advance(1_000)
  expect(ticks).toHaveLength(5)
  own.run(undefined)
  clock.advance(60_000)
  expect(ticks).toHaveLength(5)
  expect(clock.waiting).toBe(0)
})

test('a sleep shows in the gap, and another network once, also when the beat is changed in between', () => {
  const { clock, ticks, at, own } = pulse()
  own.run(1_000)
  clock.advance(1_000)
  clock.jump(60_000)
  clock.advance(600)
  at.network = 'office'
  own.run(500)
  clock.advance(1_000)
  expect(ticks).toEqual([
    { gapMs: 1_000, isNetworkNew: false },
    { gapMs: 61_100, isNetworkNew: true },
    { gapMs: 500, isNetworkNew: false },
  ])
})

test('what happened while nobody looked is not told', () => {
  const { clock, ticks, at, own } = pulse()
  own.run(1_000)
  own.run(undefined)
  clock.jump(60_000)
  at.network = 'office'
  own.run(1_000)
  clock.advance(1_000)
  expect(ticks).toEqual([{ gapMs: 1_000, isNetworkNew: false }])
})
