import { expect, test } from 'vitest'
import { afterFailure, type Failure } from '../../../src/server/providers/failover.ts'
import { Fault } from '../../../src/shared/fault.ts'

const busy = (retryAfterMs?: number) =>
  new Fault('provider.rate-limited', 'busy', { retryable: true, ...(retryAfterMs && { retryAfterMs }) })
const refused = new Fault('provider.unauthorized', 'refused')
const base = { retries: 0, hasEmitted: false, hasFallback: false, random: 0.5 }

test.each<[string, Partial<Failure> & { fault: Fault }, ReturnType<typeof afterFailure>]>([
  ['a passing failure is tried again soon', { fault: busy() }, { do: 'retry', delayMs: 250 }],
  ['each try waits longer', { fault: busy(), retries: 2 }, { do: 'retry', delayMs: 1000 }],
  ['never sooner than the vendor asked', { fault: busy(2000), random: 0 }, { do: 'retry', delayMs: 2000 }],
  ['three retries are enough', { fault: busy(), retries: 3 }, { do: 'fail' }],
  ['then the next model', { fault: busy(), retries: 3, hasFallback: true }, { do: 'next' }],
  ['a refused key is not tried again', { fault: refused }, { do: 'fail' }],
  ['a refused key leads to the next model', { fault: refused, hasFallback: true }, { do: 'next' }],
  ['a long wait leads to the next model', { fault: busy(10_000), hasFallback: true }, { do: 'next' }],
  ['a long wait is waited without one', { fault: busy(10_000), random: 0 }, { do: 'retry', delayMs: 10_000 }],
  ['nobody waits for minutes', { fault: busy(600_000) }, { do: 'fail' }],
  ['text that was seen is never said twice', { fault: busy(), hasEmitted: true, hasFallback: true }, { do: 'fail' }],
])('%s', (_, failure, verdict) => {
  expect(afterFailure({ ...base, ...failure })).toEqual(verdict)
})
