import { expect, test } from 'vitest'
import { hashPassword, lengthOf, matchesHash } from '../../../../src/server/gateway/admission/password-hash.ts'
import { readPasswordHash } from '../../../../src/shared/password-hash.ts'
import { Secret } from '../../../../src/shared/std/secret.ts'
import { cheapHash } from '../../../support/password-hash.ts'

const right = 'correct horse battery staple'

test('AU14: what is kept is a scrypt hash of 32 MB with its own salt, and only the password matches it', async () => {
  const text = await hashPassword('Gr\u00fc\u00dfe aus K\u00f6ln')
  const kept = readPasswordHash(text)
  expect(kept).toMatchObject({ ln: 15, r: 8, p: 3, isForOthers: false })
  // A letter composed in another way is the same letter.
  expect(kept && (await matchesHash('Gru\u0308\u00dfe aus Ko\u0308ln', kept))).toBe(true)
  const cheap = readPasswordHash(cheapHash(right))
  expect(cheap && (await matchesHash(`${right} `, cheap))).toBe(false)
  const lengths = [right, text].map((secret) => lengthOf({ mode: 'password', secret: new Secret(secret) }))
  expect(lengths).toEqual([28, 12])
})
