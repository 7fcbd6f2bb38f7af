import { expect, test } from 'vitest'
import { BoundedMap } from '../../../src/shared/std/bounded-map.ts'
import { ManualClock } from '../../support/clock.ts'
import { expectBound } from './bounded-map.ts'

test('AU7, IN9: of a hundred thousand keys the latest ten thousand stay', () => expectBound(100_000))

test('IN9: what has expired is not found, and leaves when something else comes', () => {
  const clock = new ManualClock()
  const map = new BoundedMap<string, number>({ limit: 10, ttlMs: 1000, clock })
  map.set('old', 1)
  clock.advance(600)
  map.set('young', 2)
  map.set('old again', 3)
  clock.advance(400)
  expect([map.get('old'), map.get('young')]).toEqual([undefined, 2])
  clock.advance(600)
  map.set('new', 4)
  expect(map.size).toBe(1)
})

test('IN9: writing a key again makes it the youngest, and a jump of the wall clock changes nothing', () => {
  const clock = new ManualClock()
  const map = new BoundedMap<string, number>({ limit: 2, ttlMs: 1000, clock })
  map.set('a', 1)
  map.set('b', 2)
  map.set('a', 3)
  map.set('c', 4)
  clock.jump(86_400_000)
  expect([...map.values()]).toEqual([3, 4])
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([3, undefined, 4])
})

test('a key written over and over does not push the others out', () => {
  const map = new BoundedMap<string, number>({ limit: 100, ttlMs: 60_000, clock: new ManualClock() })
  map.set('first', 0)
  for (let i = 0; i < 10_000; i++) map.set('again', i)
  expect([...map.values()]).toEqual([0, 9999])
})
