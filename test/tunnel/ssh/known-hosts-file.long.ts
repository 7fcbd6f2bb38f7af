import { test } from 'vitest'
import { expectAllAdded } from '../../support/known-hosts-writers.ts'

test('TU5: 20 processes and a shell add at once, and nothing is lost', () => expectAllAdded(20))
