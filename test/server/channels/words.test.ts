import { expect, test } from 'vitest'
import { answerText } from '../../../src/server/channels/words.ts'
import type { RunRecord } from '../../../src/server/sessions/record.ts'

const record = (how: Partial<RunRecord>): RunRecord => ({
  ...{ runId: 'r', key: 'k', echoKey: 'k', agentId: 'main', source: 'telegram', status: 'ok', startedAt: 1 },
  ...how,
})

test.each<[string, Partial<RunRecord>, string]>([
  ['ended well', {}, 'Half'],
  ['failed', { status: 'error', errorMessage: 'No key.' }, 'Half\n\n⚠️ No key.'],
  ['took too long', { status: 'timeout' }, 'Half\n\n⚠️ This took too long and was stopped.'],
  [
    'was lost with the gateway',
    { status: 'aborted', stopReason: 'shutdown' },
    'Half\n\n⚠️ The gateway was restarted while it answered. Send it again.',
  ],
  [
    'was cut at the output limit',
    { stopReason: 'length' },
    'Half\n\n⚠️ Cut off: the model reached its output limit. Ask it to go on.',
  ],
  ['was stopped by its person', { status: 'aborted', stopReason: 'stop' }, 'Half'],
])('a chat is told what became of a run that %s', (_, how, text) => {
  expect(answerText('Half', record(how))).toBe(text)
})
