import { test } from 'vitest'
import { expectFresh } from './body.steps.tsx'

test('however the body, the layout, the cover and the size change, the screen is that of a fresh start', () =>
  expectFresh(500))
