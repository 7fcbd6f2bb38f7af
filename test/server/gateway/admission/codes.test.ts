import { expect, test } from 'vitest'
import { PairingCodes } from '../../../../src/server/gateway/admission/codes.ts'
import { pairCodeAlphabet, readPairCode, spellPairCode } from '../../../../src/shared/protocol/pair-code.ts'
import { ManualClock } from '../../../support/clock.ts'

function fresh() {
  const clock = new ManualClock()
  const codes = new PairingCodes(clock)
  const issue = (more: { issuer?: string; source?: string; role?: 'operator' | 'node' } = {}) =>
    codes.issue({ role: 'operator', scopes: ['operator.read'], issuer: 'owner', source: '127.0.0.1', ...more })
  return { clock, codes, issue }
}

const wrong = (at: number) => `0000${String(at).padStart(4, '0')}`

test('PA7: a code has 40 random bits, in signs that are not mistaken for others', () => {
  const { issue } = fresh()
  const made = Array.from({ length: 2_000 }, () => issue().code)
  expect(new Set(made).size).toBe(made.length)
  expect(made.every((code) => /^[0-9A-HJKMNP-TV-Z]{8}$/.test(code))).toBe(true)
  // Every sign stands in every place: none of the 8 × 5 bits is fixed.
  for (let place = 0; place < 8; place++) {
    expect(new Set(made.map((code) => code[place])).size).toBe(pairCodeAlphabet.length)
  }
})

test('a code is read as people write it', () => {
  expect(spellPairCode('K7QF3M9X')).toBe('K7QF-3M9X')
  for (const typed of ['K7QF-3M9X', 'k7qf3m9x', ' k7qf 3m9x ']) expect(readPairCode(typed)).toBe('K7QF3M9X')
  expect(readPairCode('oOiIlL-00')).toBe('00111100')
  for (const typed of ['', 'K7QF-3M9', 'K7QF-3M9XX', 'K7QF-3M9U', 'é'.repeat(8)]) {
    expect(readPairCode(typed)).toBeUndefined()
  }
})

test('PA7: a code counts once, and for ten minutes', () => {
  const { clock, codes, issue } = fresh()
  const first = issue()
  expect(codes.redeem(spellPairCode(first.code).toLowerCase(), 'operator')).toEqual(first.grant)
  expect(codes.redeem(first.code, 'operator')).toBeUndefined()
  const [late, last] = [issue(), issue()]
  clock.advance(10 * 60_000 - 1)
  expect(codes.redeem(last.code, 'operator')).toEqual(last.grant)
  clock.advance(1)
  expect(codes.redeem(late.code, 'operator')).toBeUndefined()
  expect(codes.size).toBe(0)
})

test.each([4, 5])(
  'PA7: after %i wrong codes those that counted meanwhile do so only when it were fewer than 5',
  (tries) => {
    const { codes, issue } = fresh()
    const [early, role] = [issue(), issue({ role: 'node', source: 'b' })]
    for (let at = 0; at < tries; at++) codes.redeem(wrong(at), 'operator')
    const later = issue({ source: 'c' })
    expect(codes.redeem(early.code, 'operator')).toEqual(tries < 5 ? early.grant : undefined)
    expect(codes.redeem(role.code, 'node')).toEqual(tries < 5 ? role.grant : undefined)
    expect(codes.redeem(later.code, 'operator')).toEqual(later.grant)
  },
)

test('PA7: in the wrong role a code is a wrong one, and is not used up by it', () => {
  const { codes, issue } = fresh()
  const { code, grant } = issue()
  expect(codes.redeem(code, 'node')).toBeUndefined()
  expect(codes.redeem(code, 'operator')).toEqual(grant)
})

test('PA7: brute force: 100,000 guesses at 20 codes hit none, and none is left after the fifth', () => {
  const { codes, issue } = fresh()
  for (let at = 0; at < 20; at++) issue({ issuer: `owner${at}`, source: `10.0.0.${at}` })
  expect(codes.size).toBe(20)
  const guesses = Array.from({ length: 100_000 }, (_, at) => at.toString(32).toUpperCase().padStart(8, '0'))
  expect(guesses.filter((guess) => codes.redeem(guess, 'operator'))).toEqual([])
  expect(codes.size).toBe(0)
})

test('PA7: flood: never more than 20 codes count, nor 3 of one issuer or address; the oldest gives way', () => {
  const { codes, issue } = fresh()
  const own = Array.from({ length: 5 }, () => issue())
  expect(codes.size).toBe(3)
  for (let at = 0; at < 5; at++) issue({ issuer: `device${at}` })
  expect(codes.size).toBe(3)
  for (let at = 0; at < 5; at++) issue({ source: `10.0.0.${at}` })
  expect(codes.redeem(own[4]?.code ?? '', 'operator')).toBeUndefined()
  for (let at = 0; at < 1_000; at++) {
    issue({ issuer: `device${at}`, source: `10.1.0.${at}` })
    expect(codes.size).toBeLessThanOrEqual(20)
  }
  const { code, grant } = issue({ issuer: 'last', source: 'last' })
  expect(codes.redeem(code, 'operator')).toEqual(grant)
})

test('what a device promised others ends with its own rights', () => {
  const { codes, issue } = fresh()
  const [kept, ended] = [issue(), issue({ issuer: 'lost', source: 'b' })]
  codes.forget('lost')
  expect(codes.redeem(ended.code, 'operator')).toBeUndefined()
  expect(codes.redeem(kept.code, 'operator')).toEqual(kept.grant)
})
