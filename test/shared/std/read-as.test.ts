import { expect, test } from 'vitest'
import * as z from 'zod'
import { readAs } from '../../../src/shared/std/read-as.ts'

const schema = z.strictObject({
  name: z.string().min(1).max(9).optional(),
  list: z.array(z.string()).max(2).optional(),
})

/** An object is what JSON can make of it: with these no comparison, no sum and no text can be made. */
const stubborn = { toString: null, valueOf: null }

test.each([
  { name: { length: stubborn } },
  { list: { length: stubborn } },
  { list: [{ length: stubborn }] },
  { length: stubborn },
  { name: stubborn },
  stubborn,
])('IN8: %j is refused like anything else that does not fit', (value) => {
  expect(readAs(schema, value)).toMatchObject({ success: false, error: { issues: [{}] } })
})

test('otherwise it says what the schema says', () => {
  expect(readAs(schema, { name: 'ada' })).toEqual({ success: true, data: { name: 'ada' } })
  const { error } = readAs(schema, { name: '', list: ['a', 'b', 'c'] }, { reportInput: true })
  expect(error?.issues.map(({ path, code, input }) => ({ path, code, input }))).toEqual([
    { path: ['name'], code: 'too_small', input: '' },
    { path: ['list'], code: 'too_big', input: ['a', 'b', 'c'] },
  ])
})

test('a failure of ours in a schema is no fault of the value', () => {
  const broken = z.string().refine(() => {
    throw new RangeError('a bug of ours')
  })
  expect(() => readAs(broken, 'ada')).toThrow('a bug of ours')
})
