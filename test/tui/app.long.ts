import { test } from 'vitest'
import { expectFresh } from './app.steps.ts'

test('whatever happens, the screen is what a fresh drawing of the same state would be', () => expectFresh(200))
