import { expect, test } from 'vitest'
import { awaitApproval, takesPairCode } from '../../src/client/approval-wait.ts'
import { Fault } from '../../src/shared/fault.ts'
import { Secret } from '../../src/shared/std/secret.ts'
import type { PairCodeQuestion } from '../../src/tunnel/prompts.ts'
import { ManualClock } from '../support/clock.ts'

const pairing = (message = 'it waits') =>
  new Fault('client.pairing-required', message, { details: { takesCode: true, fingerprint: '3f9a-01c2' } })
const tick = () => new Promise((resolve) => setImmediate(resolve))

/** A person with prepared codes, `undefined` for giving up; who has none left keeps the question open. */
function waiting(codes: (string | undefined)[], enter: (code: string | undefined) => string | Fault) {
  const clock = new ManualClock()
  const ending = new AbortController()
  const questions: PairCodeQuestion[] = []
  const withdrawn: number[] = []
  let entered = 0
  const result = awaitApproval(pairing(), {
    clock,
    signal: ending.signal,
    ask: (question, signal) => {
      questions.push(question)
      if (codes.length > 0) {
        const code = codes.shift()
        return Promise.resolve(code === undefined ? undefined : new Secret(code))
      }
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          withdrawn.push(question.attempt)
          reject(signal.reason)
        })
      })
    },
    enter: async (code) => {
      entered++
      const answer = enter(code?.reveal())
      if (answer instanceof Fault) throw answer
      return answer
    },
  })
  result.catch(() => {}) // looked at below
  return { clock, ending, questions, withdrawn, result, entries: () => entered }
}

test('a code that is right lets in; a wrong one is asked for again, with its number', async () => {
  const { result, questions } = waiting(['wrong', 'right'], (code) => (code === 'right' ? 'in' : pairing('wrong code')))
  expect(await result).toBe('in')
  expect(questions).toEqual([
    { kind: 'pair-code', fingerprint: '3f9a-01c2', attempt: 1 },
    { kind: 'pair-code', fingerprint: '3f9a-01c2', attempt: 2 },
  ])
})

test('after three wrong codes the last refusal is told', async () => {
  const { result, questions } = waiting(['a', 'b', 'c', 'd'], (code) => pairing(`wrong ${code}`))
  await expect(result).rejects.toThrow('wrong c')
  expect(questions).toHaveLength(3)
})

test('who gives no code hears that it waits', async () => {
  const { result, entries } = waiting([undefined], () => 'in')
  await expect(result).rejects.toThrow('it waits')
  expect(entries()).toBe(0)
})

test('approved elsewhere while the question stands: it comes in, and the question goes', async () => {
  let isApproved = false
  const { clock, result, withdrawn, entries } = waiting([], () => (isApproved ? 'in' : pairing()))
  await tick()
  for (const ms of [2_000, 4_000]) {
    clock.advance(ms)
    await tick()
  }
  expect(entries()).toBe(2)
  isApproved = true
  clock.advance(8_000)
  expect(await result).toBe('in')
  expect(withdrawn).toEqual([1])
})

test('it is looked no longer than the request stands, and then a code still counts', async () => {
  const { clock, entries, ending, result } = waiting([], () => pairing())
  await tick()
  for (let at = 0; at < 100; at++) {
    clock.advance(15_000)
    await tick()
  }
  expect(entries()).toBeLessThan(25)
  ending.abort(new Error('enough'))
  await expect(result).rejects.toThrow('enough')
})

test('a line that breaks while it waits ends the waiting', async () => {
  const { clock, result, withdrawn } = waiting([], () => new Fault('client.closed', 'gone', { retryable: true }))
  await tick()
  clock.advance(2_000)
  await expect(result).rejects.toThrow('gone')
  expect(withdrawn).toEqual([1])
})

test('only a gateway that takes codes is waited for like this', () => {
  expect(takesPairCode(pairing())).toBe(true)
  expect(takesPairCode(new Fault('client.pairing-required', 'x'))).toBe(false)
  expect(takesPairCode(new Error('x'))).toBe(false)
})
