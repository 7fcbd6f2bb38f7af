import { expect, test } from 'vitest'
import { type ResetRule, shouldReset } from '../../../src/server/sessions/reset-rules.ts'

const at = (text: string) => Date.parse(text)
const daily: ResetRule = { mode: 'daily', atHour: 4 }
const idle: ResetRule = { mode: 'idle', idleMinutes: 60 }
const tokyo = 9 * 3_600_000

test.each<[string, ResetRule, string, string, number, boolean]>([
  ['before four on the same day', daily, '2026-01-27T00:00Z', '2026-01-27T03:59Z', 0, false],
  ['across four', daily, '2026-01-27T03:59Z', '2026-01-27T04:00Z', 0, true],
  ['after four on the same day', daily, '2026-01-27T04:00Z', '2026-01-28T03:59Z', 0, false],
  ['across four in Tokyo', daily, '2026-01-27T18:59Z', '2026-01-27T19:00Z', tokyo, true],
  ['across four in London, seen from Tokyo', daily, '2026-01-27T03:59Z', '2026-01-27T04:00Z', tokyo, false],
  ['a week later', daily, '2026-01-20T12:00Z', '2026-01-27T12:00Z', 0, true],
  ['a clock set back', daily, '2026-01-27T12:00Z', '2026-01-26T12:00Z', 0, false],
  ['idle just under an hour', idle, '2026-01-27T03:59Z', '2026-01-27T04:58Z', 0, false],
  ['idle an hour', idle, '2026-01-27T04:00Z', '2026-01-27T05:00Z', 0, true],
  ['never', { mode: 'off' }, '2020-01-01T00:00Z', '2026-01-27T05:00Z', 0, false],
])('%s', (_, rule, lastAt, now, offset, expected) => {
  expect(shouldReset(at(lastAt), at(now), rule, offset)).toBe(expected)
})
