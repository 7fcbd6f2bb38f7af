/** What was found once, and a little chance; `fuzz.long.ts` has more of it, `bench/security.ts` says how fast it goes. */

import { test } from 'vitest'
import { fuzzConfig } from './config.ts'
import { fuzzFrames } from './frames.ts'
import { fuzzHttp } from './http.ts'
import { fuzzParams } from './params.ts'

const seed = 1

test('IN8: no bytes make the parser of frames throw or hang', () => fuzzFrames({ seed, count: 500 }))
test('IN8: no params of any method get past its schema, or an exception out of it', () =>
  fuzzParams({ seed, count: 2 }))
test('IN8: no text makes reading the configuration throw or hang', () => fuzzConfig({ seed, count: 10 }))
test('IN8: no bytes at the port go without an answer or an end', () => fuzzHttp({ seed, count: 25 }))
