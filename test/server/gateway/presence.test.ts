import { expect, test } from 'vitest'
import { Presence } from '../../../src/server/gateway/presence.ts'
import { ManualClock } from '../../support/clock.ts'

test('IN9: of a hundred thousand reports the latest 199 are listed, and none after five minutes', () => {
  const clock = new ManualClock()
  const presence = new Presence({ clock, hostName: 'box', version: '1' })
  for (let i = 0; i < 100_000; i++) presence.reported({ text: 'here', deviceId: `d${i}` })
  expect(presence.list()).toHaveLength(200)
  clock.advance(5 * 60_000)
  expect(presence.list().map(({ reason }) => reason)).toEqual(['self'])
})
