/** A day without a word: simulated seconds, real sockets. */

import { expect, test } from 'vitest'
import { ManualClock } from '../support/clock.ts'
import { startTestGateway, testToken } from '../support/gateway.ts'
import { Home } from './support.ts'

test('TR5: an idle connection is kept for 24 h by the pings of both ends, and never in doubt', async () => {
  await using home = await Home.make()
  const clock = new ManualClock()
  await using gateway = await startTestGateway({ clock })
  await using seen = await home.connect(gateway.url, { token: testToken }, { clock })
  await seen.until(({ connection }) => connection.view.phase === 'live')
  let doubts = 0
  seen.connection.subscribe(() => {
    if (seen.connection.view.isSuspect) doubts++
  })
  for (let second = 0; second < 86_400; second++) {
    clock.advance(1_000)
    const turns = second % 5 === 0 ? 20 : 3 // what was sent arrives, pings each few seconds among it
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
  }
  expect(seen.connection.view.phase).toBe('live')
  expect(seen.phases.at(-1)).toBe('live')
  expect(seen.attachments).toHaveLength(1)
  expect(doubts).toBe(0)
})
