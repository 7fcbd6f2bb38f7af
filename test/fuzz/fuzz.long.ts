import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { fuzzConfig } from './config.ts'
import { fuzzFrames } from './frames.ts'
import { fuzzHttp } from './http.ts'
import { fuzzParams } from './params.ts'

/** Others each time; a failure prints its input. */
const seed = Date.now() % 2 ** 31
const before = heldBytes()

test('IN8: many more inputs, and no memory that stays', async () => {
  fuzzFrames({ seed, count: 200_000 })
  fuzzParams({ seed, count: 500 })
  fuzzConfig({ seed, count: 10_000 })
  await fuzzHttp({ seed, count: 5_000 })
  expect(heldBytes() - before).toBeLessThan(64 * 1024 * 1024)
})

/** What is still in use once everything else was collected. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
