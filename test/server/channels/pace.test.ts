import { expect, test } from 'vitest'
import { Pace } from '../../../src/server/channels/pace.ts'
import { ManualClock } from '../../support/clock.ts'

const never = new AbortController().signal
const settle = () => new Promise((resolve) => setImmediate(resolve))

async function turnsAfter(ms: number, ask: (pace: Pace, note: (name: string) => void) => void): Promise<string[]> {
  const clock = new ManualClock()
  const pace = new Pace(clock)
  const done: string[] = []
  ask(pace, (name) => done.push(name))
  await settle()
  clock.advance(ms)
  await settle()
  return done
}

test('the first message goes at once, the next of the same chat after its pace, those of other chats between', async () => {
  const ask = (pace: Pace, note: (name: string) => void) => {
    for (const [chat, name] of [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
    ] as const)
      void pace.turn(chat, 1000, never).then(() => note(name))
  }
  expect(await turnsAfter(0, ask)).toEqual(['a1'])
  expect(await turnsAfter(100, ask)).toEqual(['a1', 'b1'])
  expect(await turnsAfter(1000, ask)).toEqual(['a1', 'b1', 'a2'])
})

test('a chat the service wants to rest is left alone so long', async () => {
  const ask = (pace: Pace, note: (name: string) => void) => {
    pace.hold('a', 5000)
    void pace.turn('a', 1000, never).then(() => note('a'))
  }
  expect([await turnsAfter(4999, ask), await turnsAfter(5000, ask)]).toEqual([[], ['a']])
})
