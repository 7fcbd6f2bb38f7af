import { expect, test } from 'vitest'
import { FailureLimiter } from '../../../../src/server/gateway/admission/limiter.ts'
import { ManualClock } from '../../../support/clock.ts'

const lockable = { lockable: true }

function failTimes(limiter: FailureLimiter, count: number, source = 'a') {
  for (let i = 0; i < count; i++) limiter.failed(source, ['shared'], lockable)
}

test('AU4: ten failures within a minute lock the source for five minutes', () => {
  const clock = new ManualClock()
  const limiter = new FailureLimiter(clock)
  failTimes(limiter, 9)
  expect(limiter.lockedForMs('a', ['shared'])).toBe(0)
  failTimes(limiter, 1)
  expect(limiter.lockedForMs('a', ['shared'])).toBe(300_000)
  expect(limiter.lockedForMs('b', ['shared'])).toBe(0)
  clock.advance(299_999)
  expect(limiter.lockedForMs('a', ['shared'])).toBe(1)
  clock.advance(1)
  expect(limiter.lockedForMs('a', ['shared'])).toBe(0)
})

test('failures spread over more than a minute lock nobody', () => {
  const clock = new ManualClock()
  const limiter = new FailureLimiter(clock)
  for (let i = 0; i < 100; i++) {
    failTimes(limiter, 1)
    clock.advance(7_000)
  }
  expect(limiter.lockedForMs('a', ['shared'])).toBe(0)
})

test('AU4: every class present in an attempt is counted, and any locked one locks the attempt', () => {
  const limiter = new FailureLimiter(new ManualClock())
  for (let i = 0; i < 10; i++) limiter.failed('a', ['shared', 'device-token'], lockable)
  expect(limiter.lockedForMs('a', ['device-token'])).toBeGreaterThan(0)
  expect(limiter.lockedForMs('a', ['shared'])).toBeGreaterThan(0)
})

test('AU6: a direct loopback source is slowed and never locked', () => {
  const limiter = new FailureLimiter(new ManualClock())
  const delays = Array.from({ length: 1000 }, () => limiter.failed('loopback', ['shared'], { lockable: false }))
  expect(delays.slice(0, 9)).toEqual(Array(9).fill(0))
  expect(Math.min(...delays.slice(9))).toBe(1000)
  expect(limiter.lockedForMs('loopback', ['shared'])).toBe(0)
})

test('AU7: a hundred thousand sources leave at most ten thousand entries', () => {
  const limiter = new FailureLimiter(new ManualClock())
  let largest = 0
  for (let i = 0; i < 100_000; i++) {
    limiter.failed(`source ${i}`, ['shared'], lockable)
    largest = Math.max(largest, limiter.size)
  }
  expect(largest).toBe(10_000)
})
