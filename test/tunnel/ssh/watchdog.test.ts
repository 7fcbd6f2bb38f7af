import { expect, test } from 'vitest'
import { Watchdog } from '../../../src/tunnel/ssh/watchdog.ts'
import { ManualClock } from '../../support/clock.ts'

test('barks once after a whole wait, never while it rests', () => {
  const clock = new ManualClock()
  let barks = 0
  using dog = new Watchdog(clock, 1000, () => barks++)
  dog.wait()
  clock.advance(900)
  dog.wait() // an answer came, the next is due
  clock.advance(900)
  dog.rest()
  clock.advance(5000)
  expect(barks).toBe(0)
  dog.wait()
  clock.advance(5000)
  expect(barks).toBe(1)
})
