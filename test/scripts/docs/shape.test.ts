/** Schemas must read like the TypeScript a person would write. */
import { expect, test } from 'vitest'
import { z } from 'zod'
import { shape } from '../../../scripts/docs/shape.ts'

test.each([
  [z.object({ a: z.string(), b: z.int().optional() }), '{ a: string, b?: number }'],
  [z.looseObject({}), '{}'],
  [z.array(z.enum(['x', 'y'])), '("x" | "y")[]'],
  [z.array(z.object({ a: z.union([z.string(), z.null()]) })), '{ a: string | null }[]'],
  [z.record(z.string(), z.number()), 'Record<string, number>'],
  [z.union([z.literal('a'), z.boolean()]), '"a" | boolean'],
  [z.unknown(), 'unknown'],
])('case %#', (schema, expected) => {
  expect(shape(schema, 'output')).toBe(expected)
})

test('a default is optional to the sender and certain to the receiver', () => {
  const schema = z.object({ limit: z.number().default(5) })
  expect(shape(schema, 'input')).toBe('{ limit?: number }')
  expect(shape(schema, 'output')).toBe('{ limit: number }')
})

test('an object too wide for a line is broken into lines', () => {
  const wide = z.object(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`field${index}`, z.string()])))
  expect(shape(wide, 'output').split('\n')).toHaveLength(22)
})
