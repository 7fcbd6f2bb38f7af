import { expect, test } from 'vitest'
import { nodeProblem } from '../../src/bin/node-version.ts'

test.each(['22.16.0', '22.23.3', '24.21.0', '26.10.0'])('Node %s will do', (version) => {
  expect(nodeProblem(version)).toBeUndefined()
})

test.each(['18.20.4', '20.20.2', '22.15.1'])('Node %s is refused in words', (version) => {
  expect(nodeProblem(version)).toContain(`needs Node 22.16 or newer; this is Node ${version}`)
})
