/** Many more keys than a map may hold. */
import { expect } from 'vitest'
import { BoundedMap } from '../../../src/shared/std/bounded-map.ts'
import { ManualClock } from '../../support/clock.ts'

const limit = 10_000

export function expectBound(keys: number): void {
  const map = new BoundedMap<string, number>({ limit, ttlMs: 60_000, clock: new ManualClock() })
  let largest = 0
  for (let i = 0; i < keys; i++) {
    map.set(`key ${i}`, i)
    largest = Math.max(largest, map.size)
  }
  expect([largest, map.size]).toEqual([limit, limit])
  const [gone, oldest, last] = [keys - limit - 1, keys - limit, keys - 1]
  expect([gone, oldest, last].map((i) => map.get(`key ${i}`))).toEqual([undefined, oldest, last])
}
