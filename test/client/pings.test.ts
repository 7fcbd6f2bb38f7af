import { expect, test } from 'vitest'
import { Pings } from '../../src/client/pings.ts'

test('an answer is to the ping whose mark it carries, once; those before it are over', () => {
  const pings = new Pings()
  const [first, second, third] = [pings.next(10), pings.next(20), pings.next(30)]
  expect(pings.answered(second, 25)).toBe(5)
  expect(pings.answered(second, 26)).toBeUndefined()
  expect(pings.answered(first, 26)).toBeUndefined()
  expect(pings.answered(third, 36)).toBe(6)
})

test('what answers nothing, or a ping of before a sleep, is no answer', () => {
  const pings = new Pings()
  const before = pings.next(10)
  pings.forget()
  const after = pings.next(70_000)
  expect(pings.answered(before, 70_001)).toBeUndefined()
  expect(pings.answered(undefined, 70_002)).toBeUndefined()
  expect(pings.answered('9', 70_003)).toBeUndefined()
  expect(pings.answered(after, 70_004)).toBe(4)
})
