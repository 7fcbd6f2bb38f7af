import { expect, test } from 'vitest'
import { headStartMs, type Lane, raceWays } from '../../src/client/ways.ts'
import { ManualClock } from '../support/clock.ts'

/** Lanes by name, moved by hand; `story` has what was started, ended and thrown away. */
function track(...names: [string, ...string[]]) {
  const clock = new ManualClock()
  const ending = new AbortController()
  const story: string[] = []
  const ends = new Map<string, PromiseWithResolvers<string>>()
  const lanes = names.map(
    (name): Lane<string> =>
      (signal) => {
        story.push(`start ${name}`)
        signal.addEventListener('abort', () => story.push(`end ${name}`))
        const end = Promise.withResolvers<string>()
        ends.set(name, end)
        return end.promise
      },
  )
  const discard = (late: string) => void story.push(`discard ${late}`)
  const isFinal = (error: unknown) => String(error).includes('refused')
  const outcome = raceWays(lanes as [Lane<string>], { clock, signal: ending.signal, discard, isFinal })
  outcome.catch(() => {}) // looked at by the test
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    ...{ clock, ending, story, outcome, settled },
    arrive: async (name: string) => {
      ends.get(name)?.resolve(name)
      await settled()
    },
    fail: async (name: string, why = name) => {
      ends.get(name)?.reject(new Error(why))
      await settled()
    },
  }
}

test('the preferred way has its head start, and alone when it arrives within', async () => {
  const race = track('tailscale', 'ssh')
  race.clock.advance(headStartMs - 1)
  await race.arrive('tailscale')
  race.clock.advance(10_000)
  expect(await race.outcome).toBe('tailscale')
  expect(race.story).toEqual(['start tailscale', 'end tailscale'])
  expect(race.clock.waiting).toBe(0)
})

test('after 300 ms the next way runs beside it; the loser ends, and what it opens late is thrown away', async () => {
  const race = track('tailscale', 'ssh', 'direct')
  race.clock.advance(headStartMs)
  await race.arrive('ssh')
  expect(await race.outcome).toBe('ssh')
  await race.arrive('tailscale')
  expect(race.story).toEqual(['start tailscale', 'start ssh', 'end tailscale', 'end ssh', 'discard tailscale'])
})

test('a way that fails lets the next one go at once', async () => {
  const race = track('tailscale', 'ssh')
  await race.fail('tailscale')
  expect(race.story).toEqual(['start tailscale', 'start ssh'])
  await race.arrive('ssh')
  expect(await race.outcome).toBe('ssh')
})

test('when no way is left, every reason is told in the order of preference', async () => {
  const race = track('a', 'b')
  race.clock.advance(headStartMs)
  await race.fail('b')
  await race.fail('a')
  const error = (await race.outcome.catch((reason: unknown) => reason)) as AggregateError
  expect(error.errors.map(String)).toEqual(['Error: a', 'Error: b'])
})

test('what is final ends it for the ways behind, which are not even started', async () => {
  const race = track('a', 'b', 'c')
  race.clock.advance(headStartMs)
  await race.fail('a', 'refused')
  const error = (await race.outcome.catch((reason: unknown) => reason)) as AggregateError
  expect(error.errors.map(String)).toEqual(['Error: refused'])
  expect(race.story).toEqual(['start a', 'start b', 'end a', 'end b'])
  expect(race.clock.waiting).toBe(0)
})

test('a way before the final one may still arrive', async () => {
  const race = track('a', 'b', 'c')
  race.clock.advance(headStartMs)
  await race.fail('b', 'refused')
  race.clock.advance(10_000)
  await race.arrive('a')
  expect(await race.outcome).toBe('a')
  expect(race.story).toEqual(['start a', 'start b', 'end a', 'end b'])
})

test('ended from outside, every way ends', async () => {
  const race = track('a', 'b')
  race.clock.advance(headStartMs)
  race.ending.abort(new Error('enough'))
  await expect(race.outcome).rejects.toThrow('enough')
  expect(race.story).toEqual(['start a', 'start b', 'end a', 'end b'])
  expect(race.clock.waiting).toBe(0)
})
