/** The types of both sides of a call: each line below that must not compile is one that `tsc` reports when it does. */

import { expect, test } from 'vitest'
import { methodsByNoun } from '../../../src/shared/protocol/table.ts'
import type { Call, HandlersOf } from '../../../src/shared/rpc/call.ts'

const tail = { 'logs.tail': () => ({ file: 'clawdbot.log', cursor: 0, size: 0, lines: [] }) }
const handlers: HandlersOf<'logs', object> = tail

// @ts-expect-error a method without a handler
export const noHandler: HandlersOf<'logs', object> = {}

// @ts-expect-error a handler without a method
export const noMethod: HandlersOf<'logs', object> = { ...tail, 'logs.burn': () => ({}) }

// @ts-expect-error an answer that is none of the method's
export const wrongAnswer: HandlersOf<'logs', object> = { 'logs.tail': () => ({ lines: 3 }) }

export const wrongCalls = (call: Call) => [
  // @ts-expect-error a wrong param
  call('logs.tail', { limit: 'many' }),
  // @ts-expect-error a param that the method does not take
  call('logs.tail', { colour: 'red' }),
  // @ts-expect-error a method that is not there
  call('logs.burn', {}),
]

test('the handlers that compile are those of the table', () => {
  const names = methodsByNoun.logs.map(({ name }) => name)
  expect(Object.keys(handlers)).toEqual(names)
})
