import { expect, test } from 'vitest'
import { compareResolvers } from '../../support/ssh-agreement.ts'

/** `npm run test:long` compares 2,000; each run has others. */
const count = 100

test(`TU6: ${count} generated configurations mean to our resolver what they mean to ssh -G`, async () => {
  const { disagreements, resolved } = await compareResolvers(count)
  expect(disagreements.slice(0, 3)).toEqual([])
  expect(resolved).toBeGreaterThan(count * 0.8)
})
