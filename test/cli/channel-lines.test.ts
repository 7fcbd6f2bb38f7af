import { expect, test } from 'vitest'
import { channelLine, channelSummary, healthLines } from '../../src/cli/channel-lines.ts'

const connected = { state: 'connected (@claw_bot, webhook)', connected: true }
const elsewhere = { ok: false, error: 'Telegram sends what people write to https://other.example/x' }

test.each([
  ['✅ telegram: connected (@claw_bot, webhook)', 'not asked just now', { ...connected, probe: elsewhere }, false],
  ['✅ telegram: connected (@claw_bot, webhook)', 'asked, and well', { ...connected, probe: { ok: true } }, true],
  [`❌ telegram: failed: ${elsewhere.error}`, 'asked, and not well', { ...connected, probe: elsewhere }, true],
  [
    '❌ telegram: failed: no token. Add one',
    'known to be broken before it was asked',
    { state: 'failed: no token. Add one', connected: false, probe: elsewhere },
    true,
  ],
])('%s: %s', (line, _, facts, isProbed) => {
  expect(channelLine('telegram', facts, isProbed)).toBe(line)
})

test('health tells those that work in one line and what is wrong in its own; a summary tells all', () => {
  const health = {
    channelOrder: ['telegram', 'discord'],
    channels: { signal: { linked: true }, telegram: connected, discord: { lastError: 'no token' } },
  }
  expect(healthLines(health)).toEqual([
    '✅ Channels: telegram (connected), signal (connected)',
    '❌ discord: failed: no token',
  ])
  expect(channelSummary(health)).toBe(
    'telegram (connected (@claw_bot, webhook)), discord (failed: no token), signal (connected)',
  )
  expect(healthLines({ channelOrder: [], channels: {} })).toEqual([])
})
