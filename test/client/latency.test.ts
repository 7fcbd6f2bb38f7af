import { expect, test } from 'vitest'
import { LatencyRing, steady } from '../../src/client/latency.ts'

test('the last five minutes count, and the figures are of values that were measured', () => {
  const ring = new LatencyRing()
  expect(ring.read(0)).toEqual({ samples: [], p50: undefined, p95: undefined })
  for (let i = 1; i <= 100; i++) ring.add(i * 5000, i)
  const { samples, p50, p95 } = ring.read(500_000)
  expect(samples.map(({ ms }) => ms)).toEqual(Array.from({ length: 61 }, (_, i) => i + 40))
  expect([p50, p95]).toEqual([70, 97])
  for (let i = 0; i < 1000; i++) ring.add(500_000, 1)
  expect(ring.read(500_000).samples).toHaveLength(120)
})

test('what a screen shows keeps still while it changes little', () => {
  expect(steady(undefined, 12.4)).toBe(12)
  expect(steady(12, 14)).toBe(12)
  expect(steady(12, 40.2)).toBe(40)
})
