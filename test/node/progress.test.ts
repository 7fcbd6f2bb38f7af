import { expect, test } from 'vitest'
import { type OutputPiece, ProgressTeller } from '../../src/node/progress.ts'
import { ManualClock } from '../support/clock.ts'

function start() {
  const clock = new ManualClock()
  const told: (OutputPiece & { seq: number })[] = []
  const teller = new ProgressTeller(clock, async (piece, seq) => told.push({ ...piece, seq }))
  return { clock, told, teller }
}

test('what came since is told a few times a second, stream after stream, and the rest ahead of the answer', async () => {
  const { clock, told, teller } = start()
  teller.add('-', 'stdout')
  clock.advance(0)
  expect(told.splice(0)).toEqual([{ chunk: '-', stream: 'stdout', offset: 0, seq: 0 }])
  await new Promise(setImmediate)
  teller.add('a', 'stdout')
  teller.add('b', 'stdout')
  teller.add('c', 'stderr')
  teller.add('d', 'stdout')
  expect(told).toEqual([])
  clock.advance(250)
  teller.add('e', 'stderr')
  teller.finish()
  expect(told).toEqual([
    { chunk: 'ab', stream: 'stdout', offset: 1, seq: 1 },
    { chunk: 'c', stream: 'stderr', offset: 0, seq: 2 },
    { chunk: 'd', stream: 'stdout', offset: 3, seq: 3 },
    { chunk: 'e', stream: 'stderr', offset: 1, seq: 4 },
  ])
})

test('a long text is told in pieces the wire takes, no character torn; what is too much leaves a hole behind what waits', () => {
  const { told, teller } = start()
  teller.add(`x${'😀'.repeat(10_000)}`, 'stdout')
  teller.finish()
  expect(told.map(({ chunk }) => chunk.length)).toEqual([16_383, 3618])
  expect(told.every(({ chunk }) => chunk.isWellFormed())).toBe(true)
  teller.add('y'.repeat(300_000), 'stdout')
  teller.add('unheard', 'stdout')
  teller.finish()
  expect(told[2]?.offset).toBe(20_001)
  expect(told.slice(2).reduce((sum, { chunk }) => sum + chunk.length, 0)).toBe(16 * 16_384)
  teller.add('z', 'stdout')
  teller.finish()
  expect(told.at(-1)).toMatchObject({ chunk: 'z', offset: 20_001 + 300_000 + 'unheard'.length })
  expect(told.map(({ seq }) => seq)).toEqual(told.map((_, index) => index))
})

test('streams that take turns faster than that are told in few pieces, and all of it', () => {
  const { told, teller } = start()
  for (let turn = 0; turn < 1000; turn++) teller.add('x', turn % 2 ? 'stdout' : 'stderr')
  teller.finish()
  expect(told).toHaveLength(64)
  expect(told.map(({ chunk }) => chunk).join('')).toHaveLength(1000)
})
