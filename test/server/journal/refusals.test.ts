import { expect, test } from 'vitest'
import { Refusals } from '../../../src/server/journal/refusals.ts'
import { ManualClock } from '../../support/clock.ts'

test('IN9: the first refusals of a source are written whole, a flood of them as a number', () => {
  const clock = new ManualClock()
  const noted: [string, unknown][] = []
  const refusals = new Refusals({ note: (what, facts) => noted.push([what, facts]) }, clock)
  for (let n = 0; n < 1000; n++) refusals.note('10.0.0.1', { reason: 'wrong' })
  refusals.note('10.0.0.2', { reason: 'wrong' })
  expect(noted).toHaveLength(6)
  clock.advance(60_000)
  refusals.note('10.0.0.1', { reason: 'wrong' })
  expect(noted.slice(6)).toEqual([
    ['auth.refused', { more: 995 }],
    ['auth.refused', { from: '10.0.0.1', reason: 'wrong' }],
  ])
  for (let n = 0; n < 10_000; n++) refusals.note(`10.1.${n >> 8}.${n & 255}`, { reason: 'wrong' })
  refusals.flush()
  expect(noted).toHaveLength(8 + 59 + 1)
})
