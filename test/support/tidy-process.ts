/** Test files share their processes, which saves half the time. So each leaves the process as it found it. */
import fc from 'fast-check'
import { afterAll, expect } from 'vitest'
import { runs } from './runs.ts'

// Properties try other cases each time, except where a new finding would be held against somebody else's change.
fc.configureGlobal({ numRuns: runs(100), ...(process.env.CI && { seed: 1 }) })

const umask = process.umask()
const before = { cwd: process.cwd(), env: { ...process.env } }

afterAll(() => {
  process.umask(umask) // a gateway that runs in this process makes it private
  expect({ cwd: process.cwd(), env: { ...process.env } }).toEqual(before)
})
