import { expect, test } from 'vitest'
import { PasswordChecker } from '../../../../src/server/gateway/admission/password-check.ts'
import type { SharedSecret } from '../../../../src/server/gateway/server-parts.ts'
import { readPasswordHash } from '../../../../src/shared/password-hash.ts'
import { Secret } from '../../../../src/shared/std/secret.ts'
import { cheapHash } from '../../../support/password-hash.ts'

const right = 'correct horse battery staple'
const hash = cheapHash(right)

const turn = (source: string, more: { isFirst?: boolean; isAllowed?: () => boolean } = {}) => ({
  source,
  isFirst: false,
  isAllowed: () => true,
  ...more,
})
const shared = (text = hash): SharedSecret => ({ mode: 'password', secret: new Secret(text) })

/** A checker that counts what is hashed, and hashes when told to. */
function counted(secret: () => SharedSecret | undefined = () => shared()) {
  const begun: string[] = []
  const pending: ((isRight: boolean) => void)[] = []
  const checker = new PasswordChecker(secret, (password) => {
    begun.push(password)
    return new Promise((resolve) => pending.push(resolve))
  })
  return { checker, begun, finish: (isRight = false) => pending.shift()?.(isRight) }
}

test.each(['$scrypt$ln=40,r=8,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA', '$scrypt$', '$argon2id$v=19$x', 'plain'])(
  '%j is a password as it is, so nobody’s costs are run',
  (text) => expect(readPasswordHash(text)).toBeUndefined(),
)

test('the last good password is known without hashing, in either field, until the hash is another one', async () => {
  let now = shared()
  const checker = new PasswordChecker(() => now)
  expect(checker.check({ password: right })).toBe('undecided')
  expect(await checker.decide({ token: right }, turn('a'))).toBe('match')
  expect(checker.check({ password: right })).toBe('match')
  expect([checker.check({}), checker.check({ password: 'wrong' })]).toEqual(['missing', 'undecided'])
  expect(checker.check({ password: hash })).toBe('undecided')
  expect(await checker.decide({ password: hash }, turn('a'))).toBe('mismatch')
  now = shared(cheapHash('another one nobody knows'))
  expect(checker.check({ password: right })).toBe('undecided')
})

test('a password that is kept as it is goes on being compared at once', () => {
  const checker = new PasswordChecker(() => shared('plain as day, all of it'))
  expect(checker.check({ password: 'plain as day, all of it' })).toBe('match')
  expect(checker.check({ password: 'x' })).toBe('mismatch')
})

test('AU4: a flood of guesses is hashed one at a time, four of a source wait, and a locked source costs nothing', async () => {
  const { checker, begun, finish } = counted()
  let isLocked = false
  const flood = Array.from({ length: 1_000 }, (_, i) =>
    checker.decide({ password: `guess ${i}` }, turn('a', { isAllowed: () => !isLocked })),
  )
  const same = Array.from({ length: 100 }, () => checker.decide({ password: 'guess 0' }, turn('a')))
  expect(begun).toEqual(['guess 0'])
  isLocked = true
  finish()
  const answers = await Promise.all(flood)
  expect(answers.filter((answer) => answer === 'mismatch')).toHaveLength(1)
  expect(answers.filter((answer) => answer === 'busy')).toHaveLength(999)
  expect(new Set(await Promise.all(same))).toEqual(new Set(['mismatch']))
  expect(begun).toEqual(['guess 0'])
})

test('the person at the machine does not wait behind strangers, and 64 wait in all', async () => {
  const { checker, begun, finish } = counted()
  const strangers = Array.from({ length: 100 }, (_, i) => checker.decide({ password: `x${i}` }, turn(`source ${i}`)))
  const full = await strangers[99]
  const owner = checker.decide({ password: right }, turn('here', { isFirst: true }))
  expect(full).toBe('busy')
  finish()
  await strangers[0]
  expect(begun).toEqual(['x0', right])
  finish(true)
  expect(await owner).toBe('match')
})

test('AU12: what was right while it was hashed is not any more when the secret changed meanwhile', async () => {
  let now = shared()
  const { checker, finish } = counted(() => now)
  const asked = checker.decide({ password: right }, turn('a'))
  now = { mode: 'password', secret: new Secret(hash.replace('p=1', 'p=2')) }
  finish(true)
  expect(await asked).toBe('busy')
  expect(checker.check({ password: right })).toBe('undecided')
})

test('a hash that cannot be made lets nobody in and stops nothing', async () => {
  const checker = new PasswordChecker(
    () => shared(),
    async () => await Promise.reject(new Error('no memory')),
  )
  expect(await checker.decide({ password: right }, turn('a'))).toBe('busy')
  expect(await checker.decide({ password: right }, turn('a'))).toBe('busy')
})
