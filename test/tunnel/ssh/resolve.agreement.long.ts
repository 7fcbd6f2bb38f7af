import { expect, test } from 'vitest'
import { compareResolvers } from '../../support/ssh-agreement.ts'

test('TU6: 2,000 generated configurations mean to our resolver what they mean to ssh -G', async () => {
  const { disagreements, resolved } = await compareResolvers(2000)
  expect(disagreements.slice(0, 3)).toEqual([])
  expect(resolved).toBeGreaterThan(1800)
})
