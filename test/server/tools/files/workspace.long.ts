import { test } from 'vitest'
import { expectNoticed } from './trap.ts'

test('EX16: a folder exchanged for a link between check and use is noticed, ten thousand times', () =>
  expectNoticed(10_000))
