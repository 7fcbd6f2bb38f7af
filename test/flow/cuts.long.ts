import { expect, test } from 'vitest'
import { type CutStory, streamThroughCuts } from '../support/cut-stream.ts'

/** Several gateways at once: most of the time goes by waiting. */
const lanes = 8
const inLanes = (play: (lane: number) => Promise<CutStory>) =>
  Promise.all(Array.from({ length: lanes }, (_, i) => play(i)))

function expectWhole(stories: readonly CutStory[]): void {
  for (const { counts, cut, steady, attachments } of stories) {
    expect(counts.cut).toEqual(counts.steady)
    expect(cut).toBe(steady)
    expect(attachments.slice(1).every(({ kind }) => kind === 'resumed')).toBe(true)
  }
}

test('TU11, TU12: 1,000 cuts of streams lose no event and double none', async () => {
  const stories = await inLanes((lane) =>
    streamThroughCuts(1_000 / lanes, (connection, greetingBytes) => {
      const prime = connection * 197 + lane * 31
      return { cutAfterBytes: connection % 4 === 0 ? prime % greetingBytes : greetingBytes + (prime % 1_500) }
    }),
  )
  expect(stories.reduce((sum, { cuts }) => sum + cuts, 0)).toBe(1_000)
  expectWhole(stories)
})

test('TU12: a cut at every byte of a greeting and of the events behind it', async () => {
  const bytes = 5_600
  expectWhole(await inLanes((lane) => streamThroughCuts(bytes / lanes, (n) => ({ cutAfterBytes: n * lanes + lane }))))
})
