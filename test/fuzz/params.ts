/** Params to every method of the table: made from its schema, with hostile values where good ones belong. */

import fc from 'fast-check'
import { z } from 'zod'
import { createDispatch } from '../../src/server/gateway/dispatch.ts'
import type { Handlers } from '../../src/server/methods/table.ts'
import type { RequestFrame, ResponseFrame } from '../../src/shared/protocol/frame.ts'
import type { Method } from '../../src/shared/protocol/method.ts'
import { methodList } from '../../src/shared/protocol/table.ts'
import { readAs } from '../../src/shared/std/read-as.ts'
import { anyText, character } from '../support/any-text.ts'
import { peerWith } from '../support/peer.ts'
import type { Fuzzing } from './corpus.ts'

/** The part of JSON Schema that zod makes of our schemas. */
type Shape = {
  const?: unknown
  enum?: unknown[]
  anyOf?: Shape[]
  oneOf?: Shape[]
  type?: string
  items?: Shape
  properties?: Record<string, Shape>
}

const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)

/** As they come out of JSON: none is one that JSON cannot hold. */
const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, true, 0, -1, 1e308, -1e308, 2 ** 53, 0.1, '', ' ', '\0', '\ud800', 'a\udfff', '__proto__', 'constructor'],
    ...['../../etc/passwd', '/etc/passwd', '~root', '%s%n', '${HOME}', '$(id)', '`id`', '\u001b[2J', '\u202e', 'NaN'],
    ...[
      'agent:main:main',
      'agent:../..:x',
      'agent::',
      ':',
      'x'.repeat(100_000),
      [],
      {},
      deep(60),
      Array(1_000).fill(0),
    ],
    ...[
      JSON.parse('{"__proto__":{"isAdmin":true}}'),
      { constructor: { prototype: { isAdmin: true } } },
      { length: 1e9 },
      { length: { toString: null, valueOf: null } },
    ],
    ...[{ toString: 1, valueOf: 1, toJSON: 1 }],
  ),
  fc.jsonValue({ stringUnit: character }),
)

/** Mostly what the schema asks for, sometimes not. */
function valueFor(shape: Shape): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 6, arbitrary: good(shape) }, { weight: 1, arbitrary: hostile })
}

function good(shape: Shape): fc.Arbitrary<unknown> {
  if (shape.const !== undefined) return fc.constant(shape.const)
  if (shape.enum) return fc.constantFrom(...shape.enum)
  const choices = shape.anyOf ?? shape.oneOf
  if (choices) return fc.oneof(...choices.map(valueFor))
  if (shape.type === 'object') return objectOf(shape)
  if (shape.type === 'array') return fc.array(valueFor(shape.items ?? {}), { maxLength: 4 })
  if (shape.type === 'string') return anyText({ maxLength: 40 })
  if (shape.type === 'integer' || shape.type === 'number') return fc.integer()
  if (shape.type === 'boolean') return fc.boolean()
  return hostile
}

function objectOf({ properties = {} }: Shape): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, valueFor(field)]))
  const extra = fc.option(fc.tuple(fc.constantFrom('__proto__', 'constructor', 'extra', ''), hostile), { freq: 8 })
  return fc.tuple(fc.record(fields, { requiredKeys: [] }), extra).map(([record, more]) => {
    const whole: Record<string, unknown> = { ...record }
    if (more) Object.defineProperty(whole, more[0], { value: more[1], enumerable: true })
    return whole
  })
}

export function paramsOf(method: Method): fc.Arbitrary<unknown> {
  return valueFor(z.toJSONSchema(method.params, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Shape)
}

/** Each method `count` times: every call is answered once, and no handler of ours is ever asked with what its schema refuses. */
export function fuzzParams({ seed, count }: Fuzzing): void {
  const echo = Object.fromEntries(methodList.map(({ name }) => [name, (params: unknown) => ({ params })]))
  const thrown: unknown[] = []
  const log = { info() {}, warn() {}, error: (...error: unknown[]) => void thrown.push(error) }
  const dispatch = createDispatch({ handlers: echo as unknown as Handlers, log })
  for (const method of methodList) {
    const property = fc.property(paramsOf(method), (params) => {
      const answers: ResponseFrame[] = []
      const respond = (text: string) => void answers.push(JSON.parse(text))
      const peer = peerWith({ role: method.role })
      const frame: RequestFrame = { type: 'req', id: 'r', method: method.name, params }
      dispatch({ peer, signal: AbortSignal.abort(), inFlight: 0, respond }, frame)
      const [answer] = answers
      if (answers.length !== 1 || answer?.id !== 'r') throw new Error(`answered ${answers.length} times`)
      if (answer.ok !== readAs(method.params, params ?? {}).success) throw new Error('the schema did not decide')
      if (thrown.length > 0) throw new Error(JSON.stringify(thrown))
      if (JSON.stringify(answer.error ?? '').length > 4_000) throw new Error('the error repeats what was sent')
      if (Object.hasOwn(Object.prototype, 'isAdmin')) throw new Error('a prototype was changed')
    })
    fc.assert(property, { seed, numRuns: count })
  }
}
