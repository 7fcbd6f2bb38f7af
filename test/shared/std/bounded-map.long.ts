import { test } from 'vitest'
import { expectBound } from './bounded-map.ts'

test('AU7, IN9: of a million keys the latest ten thousand stay', () => expectBound(1_000_000))
