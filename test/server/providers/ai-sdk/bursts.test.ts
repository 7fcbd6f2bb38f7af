import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inBursts } from '../../../../src/server/providers/ai-sdk/bursts.ts'

const never = new Promise<never>(() => {})
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

/** Letters join, digits stand alone, `.` is nothing, `!` is a failure, `$` is the last. */
const letters = {
  take(part: string) {
    if (part === '!') throw new Error('broken off')
    return part === '.' ? undefined : part
  },
  join: (earlier: string, later: string) => (/^[a-z]+$/.test(earlier + later) ? earlier + later : undefined),
  isLast: (piece: string) => piece === '$',
}

async function* source(parts: Iterable<string | Promise<unknown>>): AsyncGenerator<string> {
  for (const part of parts)
    if (typeof part === 'string') yield part
    else await part
}

async function all(parts: Iterable<string | Promise<unknown>>): Promise<{ pieces: string[]; failure?: string }> {
  const pieces: string[] = []
  try {
    for await (const piece of inBursts(source(parts), letters)) pieces.push(piece)
    return { pieces }
  } catch (error) {
    return { pieces, failure: (error as Error).message }
  }
}

test('the first piece is there at once, however long the next takes', async () => {
  const pieces = inBursts(source(['a', never]), letters)
  expect(await pieces.next()).toEqual({ value: 'a', done: false })
})

test('what comes in one turn goes together, and every word of it is there', async () => {
  const { pieces } = await all('abcdefghij'.repeat(100))
  expect(pieces.join('')).toBe('abcdefghij'.repeat(100))
  expect(pieces.length).toBeLessThan(20)
})

test('pieces that come one by one stay what they are', async () => {
  const slow = ['a', nextTurn(), 'b'].flatMap((part) => [part, new Promise((resolve) => setTimeout(resolve, 5))])
  expect((await all(slow)).pieces).toEqual(['a', 'b'])
})

test('what was read before a failure is handed over before it is thrown', async () => {
  expect(await all(['a', '1', 'b', '!', 'c'])).toMatchObject({ failure: 'broken off' })
  expect((await all(['a', '1', 'b', '!', 'c'])).pieces.join('')).toBe('a1b')
})

test('the last piece is the end, however long the rest takes and whatever it is', async () => {
  expect(await all(['a', '$', never])).toEqual({ pieces: ['a', '$'] })
  expect(await all(['a', '$', nextTurn(), 'b', '!'])).toEqual({ pieces: ['a', '$'] })
})

test('however the parts come, what they say is the same and in the same order', async () => {
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('a', 'b', '1', '2', '.') },
    { weight: 1, arbitrary: fc.constant(undefined) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 40 }), async (parts) => {
      const { pieces, failure } = await all(parts.map((each) => each ?? nextTurn()))
      expect(failure).toBeUndefined()
      expect(pieces.join('')).toBe(parts.filter((each) => each !== undefined && each !== '.').join(''))
      expect(pieces.filter((piece) => /\d/.test(piece)).every((piece) => piece.length === 1)).toBe(true)
    }),
  )
})
