import { test } from 'vitest'
import { expectWholeAfter } from '../../support/killed-writer.ts'

test('DU1, DU5: after 3 × kill -9 under load nothing acknowledged is lost or doubled, and every history is valid', () =>
  expectWholeAfter(3))
