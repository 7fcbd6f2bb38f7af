/** Which Node may stand in where the project's own does not run. */
import { expect, test } from 'vitest'
import { runsProduct } from '../../../scripts/bootstrap/node.mjs'

test.each([
  ['18.20.8', false],
  ['20.20.2', false],
  ['22.15.1', false],
  ['22.16.0', true],
  ['24.0.0', true],
  ['26.1.0', true],
])('Node %s runs the product: %s', (version, expected) => {
  expect(runsProduct(version)).toBe(expected)
})
